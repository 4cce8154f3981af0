// Messages read octet by octet.
#include "zonegen/response/response_reader.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "tests/support/dns_message.hpp"
#include "tests/unit/zonegen/response/shown_response.hpp"

BOOST_AUTO_TEST_SUITE(response_reader_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;
using namespace std::string_literals;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_CASE(reads_the_header) {
    ResponseReader reader;
    const auto read = [&](unsigned flags) {
        return reader.read(DnsMessage(flags).octets()).value();
    };
    BOOST_TEST(read(0).id == 0xbeef);
    BOOST_TEST(!read(0x7fff).is_response);
    BOOST_TEST(read(0x8000).is_response);
    BOOST_TEST(read(0x2800).opcode == 5);
    BOOST_TEST(read(0x0400).authoritative);
    BOOST_TEST(!read(0xfbff).authoritative);
    BOOST_TEST(read(0x0200).truncated);
    BOOST_TEST(!read(0xfdff).truncated);
    BOOST_TEST(read(0x0100).recursion_desired);
    BOOST_TEST(!read(0xfeff).recursion_desired);
    BOOST_TEST(read(0x0080).recursion_available);
    BOOST_TEST(!read(0xff7f).recursion_available);
    BOOST_TEST(read(0x8003).rcode == Response::nxdomain);
}

BOOST_AUTO_TEST_CASE(upper_bits_of_the_rcode_come_from_opt) {
    ResponseReader reader;
    const auto message =
        asked(0x8003).record(DnsMessage::additional, "\0"sv, Rrtype::OPT, "", 1232, 0x01008000);
    BOOST_TEST(reader.read(message.octets()).value().rcode == 0x13);
    // In another section OPT has no effect.
    const auto misplaced =
        asked().record(DnsMessage::answer, "\0"sv, Rrtype::OPT, "", 1232, 0x01008000);
    BOOST_TEST(reader.read(misplaced.octets()).value().rcode == 0);
}

BOOST_AUTO_TEST_CASE(reads_the_question_in_both_cases) {
    ResponseReader reader;
    const auto message = DnsMessage().count(DnsMessage::questions).add("\3wWw\3CoM\0\0\x1c\0\1"sv);
    const auto response = reader.read(message.octets()).value();
    BOOST_REQUIRE(response.question);
    BOOST_TEST(as_text(response.question->name) == "\3www\3com\0"sv);
    BOOST_TEST(as_text(response.question->name_sent) == "\3wWw\3CoM\0"sv);
    BOOST_TEST((response.question->type == Rrtype::AAAA));
    BOOST_TEST(response.question->rrclass == Response::class_in);
}

BOOST_AUTO_TEST_CASE(none_or_several_questions_are_no_question) {
    ResponseReader reader;
    BOOST_TEST(!reader.read(DnsMessage().octets()).value().question);
    const auto two = DnsMessage()
                         .question("a.example", "A")
                         .question("b.example", "A")
                         .record(DnsMessage::answer, "a.example A 192.0.2.1");
    const auto response = reader.read(two.octets()).value();
    BOOST_TEST(!response.question);
    BOOST_TEST(response.records.size() == 1);
}

BOOST_AUTO_TEST_CASE(reads_every_section) {
    const auto message = asked()
                             .record(DnsMessage::answer, "www.example.com A 192.0.2.1")
                             .record(DnsMessage::answer, "www.example.com A 192.0.2.2")
                             .record(DnsMessage::authority, "example.com NS ns.example.com")
                             .record(DnsMessage::additional, "ns.example.com AAAA 2001:db8::1");
    check(message, {"answer www.example.com. A 192.0.2.1", "answer www.example.com. A 192.0.2.2",
                    "authority example.com. NS ns.example.com.",
                    "additional ns.example.com. AAAA 2001:db8::1"});
}

BOOST_AUTO_TEST_CASE(owners_and_rdata_are_in_lower_case) {
    const auto message = asked().record(DnsMessage::answer, "\3wWw\7EXAMPLE\3com\0"sv,
                                        Rrtype::CNAME, "\3WEB\7Example\3com\0"sv);
    ResponseReader reader;
    const auto response = reader.read(message.octets()).value();
    BOOST_TEST(as_text(response.records[0].owner) == "\3www\7example\3com\0"sv);
    BOOST_TEST(as_text(response.records[0].rdata) == "\3web\7example\3com\0"sv);
    BOOST_TEST(response.records[0].ttl == 300);
}

BOOST_AUTO_TEST_CASE(pointers_are_followed_in_owners) {
    check(asked()
              .record(DnsMessage::answer, www, Rrtype::A, address)
              .record(DnsMessage::answer, "\4mail\xc0\x10"sv, Rrtype::A, address)
              // A pointer to a name that ends in one: the owner of the record before.
              .record(DnsMessage::answer, "\1a\xc0\x31"sv, Rrtype::A, address)
              .record(DnsMessage::answer, com, Rrtype::A, address),
          {"answer www.example.com. A 192.0.2.1", "answer mail.example.com. A 192.0.2.1",
           "answer a.mail.example.com. A 192.0.2.1", "answer com. A 192.0.2.1"});
}

// Names that were expanded before are not expanded again.
BOOST_AUTO_TEST_CASE(an_owner_may_point_to_any_name_before) {
    const auto mail = "\xc0\x21"sv;  // the owner of the first record
    check(asked()
              .record(DnsMessage::answer, "\4MAIL\xc0\x10"sv, Rrtype::A, address)
              .record(DnsMessage::answer, mail, Rrtype::A, address)
              .record(DnsMessage::answer, www, Rrtype::A, address)
              .record(DnsMessage::answer, mail, Rrtype::A, address)
              .record(DnsMessage::answer, "\1a\xc0\x21"sv, Rrtype::A, address)
              .record(DnsMessage::authority, mail, Rrtype::A, address)
              // The pointer at the end of the first owner.
              .record(DnsMessage::additional, "\xc0\x26"sv, Rrtype::A, address),
          {"answer mail.example.com. A 192.0.2.1", "answer mail.example.com. A 192.0.2.1",
           "answer www.example.com. A 192.0.2.1", "answer mail.example.com. A 192.0.2.1",
           "answer a.mail.example.com. A 192.0.2.1", "authority mail.example.com. A 192.0.2.1",
           "additional example.com. A 192.0.2.1"});
}

// Each type that has names, with each name compressed: RFC 1035, those of RFC 3597, section 4, and
// others in which servers do it.
BOOST_AUTO_TEST_CASE(pointers_are_followed_in_rdata) {
    using enum Rrtype;
    const std::string name = "\3foo\xc0\x10"s;
    const std::string text = "foo.example.com.";
    for (const Rrtype type : {NS, MD, MF, CNAME, MB, MG, MR, PTR, NSAP_PTR, DNAME}) {
        check(asked().record(DnsMessage::answer, www, type, name),
              {"answer www.example.com. " + rrtype_text(type) + ' ' + text});
    }
    for (const Rrtype type : {MX, AFSDB, RT, KX, LP}) {
        check(asked().record(DnsMessage::answer, www, type, "\0\5"s + name),
              {"answer www.example.com. " + rrtype_text(type) + " 5 " + text});
    }
    for (const Rrtype type : {MINFO, RP, TALINK}) {
        check(asked().record(DnsMessage::answer, www, type, name + std::string(com)),
              {"answer www.example.com. " + rrtype_text(type) + ' ' + text + " com."});
    }
    check(asked().record(DnsMessage::answer, www, SOA,
                         std::string(www) + name + "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"s),
          {"answer www.example.com. SOA www.example.com. foo.example.com. 1 2 3 4 5"});
    check(asked().record(DnsMessage::answer, www, PX, "\0\1"s + name + std::string(com)),
          {"answer www.example.com. PX 1 foo.example.com. com."});
    check(asked().record(DnsMessage::answer, www, SRV, "\0\1\0\2\0\3"s + name),
          {"answer www.example.com. SRV 1 2 3 foo.example.com."});
    check(asked().record(DnsMessage::answer, www, NAPTR, "\0\1\0\2\1s\0\0"s + name),
          {"answer www.example.com. NAPTR 1 2 \"s\" \"\" \"\" foo.example.com."});
    const std::string signed_part = "\0\1\5\3\0\0\0\1\0\0\0\2\0\0\0\3\0\4"s;
    for (const Rrtype type : {SIG, RRSIG}) {
        check(asked().record(DnsMessage::answer, www, type, signed_part + name + "\1"),
              {"answer www.example.com. " + rrtype_text(type) +
               " A 5 3 1 19700101000002 19700101000003 4 foo.example.com. AQ=="});
    }
    check(asked().record(DnsMessage::answer, www, NSEC, name + "\0\1\x40"s),
          {"answer www.example.com. NSEC foo.example.com. A"});
    check(asked().record(DnsMessage::answer, www, HTTPS, "\0\1"s + name),
          {"answer www.example.com. HTTPS 1 foo.example.com."});
    check(asked().record(DnsMessage::answer, www, NXT, name + "\x40"),
          {"answer www.example.com. NXT \\# 18 03666F6F076578616D706C6503636F6D0040"});
    check(asked().record(DnsMessage::answer, www, HIP, "\1\2\0\1\x20\1"s + name + std::string(com)),
          {"answer www.example.com. HIP 2 20 AQ== foo.example.com. com."});
    check(asked().record(DnsMessage::answer, www, HIP, "\1\2\0\1\x20\1"s),
          {"answer www.example.com. HIP 2 20 AQ=="});
    const auto servers = [](std::size_t count) {
        std::string rdata = "\1\2\0\1\x20\1"s;
        while (count-- != 0)
            rdata += com;
        return rdata;
    };
    BOOST_TEST(read(asked().record(DnsMessage::answer, www, HIP, servers(16)).octets())
                   .records[0]
                   .ends_with("com. com."));
    check(asked().record(DnsMessage::answer, www, HIP, servers(17)),
          {"answer www.example.com. HIP invalid"});
}

BOOST_AUTO_TEST_CASE(names_within_a_field_are_in_lower_case) {
    check(asked().record(DnsMessage::answer, www, Rrtype::IPSECKEY, "\1\3\0\3FOO\0"sv),
          {"answer www.example.com. IPSECKEY 1 3 0 foo."});
    check(asked().record(DnsMessage::answer, www, Rrtype::AMTRELAY, "\1\3\3FOO\0"sv),
          {"answer www.example.com. AMTRELAY 1 0 3 foo."});
    check(asked().record(DnsMessage::answer, www, Rrtype::A6, "\x80\3FOO\0"sv),
          {"answer www.example.com. A6 128 foo."});
}

BOOST_AUTO_TEST_CASE(rdata_without_a_name_field_has_no_pointers) {
    // Octets that could be a pointer but are not in a name are left alone.
    check(asked().record(DnsMessage::answer, www, Rrtype{65280}, www),
          {"answer www.example.com. TYPE65280 \\# 2 C00C"});
    check(asked().record(DnsMessage::answer, www, Rrtype::TXT, "\2\xc0\x0c"sv),
          {"answer www.example.com. TXT \"\\192\\012\""});
    // Pointers are not followed in a field that is only sometimes a name.
    check(asked().record(DnsMessage::answer, www, Rrtype::IPSECKEY, "\1\3\0\xc0\x0c"sv),
          {"answer www.example.com. IPSECKEY invalid"});
}

BOOST_AUTO_TEST_CASE(invalid_rdata_costs_its_record_alone) {
    check(asked()
              .record(DnsMessage::answer, www, Rrtype::A, "\xc0\0\2"sv)
              .record(DnsMessage::answer, www, Rrtype::A, "\xc0\0\2\1\1"sv)
              .record(DnsMessage::answer, www, Rrtype::A, "")
              .record(DnsMessage::answer, www, Rrtype::CNAME, "\xc0\xff"sv)
              .record(DnsMessage::answer, www, Rrtype::CNAME, "\xc0"sv)
              .record(DnsMessage::answer, www, Rrtype::CNAME, "\3www"sv)
              .record(DnsMessage::answer, www, Rrtype::CNAME, "\xc0\x0c\0"sv)
              .record(DnsMessage::answer, www, Rrtype::MX, "\0\1"sv)
              .record(DnsMessage::answer, www, Rrtype::A, address),
          {"answer www.example.com. A invalid", "answer www.example.com. A invalid",
           "answer www.example.com. A invalid", "answer www.example.com. CNAME invalid",
           "answer www.example.com. CNAME invalid", "answer www.example.com. CNAME invalid",
           "answer www.example.com. CNAME invalid", "answer www.example.com. MX invalid",
           "answer www.example.com. A 192.0.2.1"});
}

BOOST_AUTO_TEST_CASE(other_classes_are_left_as_they_are) {
    ResponseReader reader;
    const auto message = asked().record(DnsMessage::answer, www, Rrtype::CNAME, com, 3);
    const auto response = reader.read(message.octets()).value();
    BOOST_TEST(response.records[0].rrclass == 3);
    BOOST_TEST(!response.records[0].valid);
    BOOST_TEST(as_text(response.records[0].rdata) == com);
}

// RFC 6762, sections 5.4 and 10.2.
BOOST_AUTO_TEST_CASE(the_top_bit_of_a_class_has_a_meaning_in_multicast_dns) {
    DnsMessage message;
    message.question("host.local", "A", 0x8001);
    message.record(DnsMessage::answer, www, Rrtype::A, address, 0x8001);
    message.record(DnsMessage::answer, www, Rrtype::A, address, 0x8003);
    ResponseReader reader;
    const auto multicast = reader.read(message.octets(), true).value();
    BOOST_TEST(multicast.question->rrclass == 1);
    BOOST_TEST(multicast.records[0].rrclass == 1);
    BOOST_TEST(multicast.records[0].valid);
    BOOST_TEST(!multicast.records[1].valid);
    const auto unicast = reader.read(message.octets()).value();
    BOOST_TEST(unicast.question->rrclass == 0x8001);
    BOOST_TEST(!unicast.records[0].valid);
}

BOOST_AUTO_TEST_CASE(a_reader_keeps_nothing_of_the_message_before) {
    ResponseReader reader;
    const auto first = asked().record(DnsMessage::answer, www, Rrtype::A, address);
    BOOST_TEST(reader.read(first.octets()).value().records.size() == 1);
    BOOST_TEST(!reader.read(first.octets().first(40)));
    BOOST_TEST(reader.read(asked().octets()).value().records.empty());
    BOOST_TEST(reader.read(first.octets()).value().records.size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
