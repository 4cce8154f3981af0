// Messages read octet by octet, and hostile ones.
#include "zonegen/response/response_reader.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "tests/support/dns_message.hpp"
#include "tests/support/random_seed.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

// "answer OWNER TYPE RDATA"
std::string shown(const Response::Record& record) {
    static constexpr std::array<std::string_view, 3> sections = {"answer ", "authority ",
                                                                 "additional "};
    std::string text(sections[static_cast<std::size_t>(record.section)]);
    text += Name::from_wire(record.owner).value().text();
    text += ' ';
    text += rrtype_text(record.type);
    text += ' ';
    text += record.valid ? rdata_text(record.type, record.rdata) : "invalid";
    return text;
}

struct Reading {
    std::vector<std::string> records;
    std::string problem;
};

// Reads from a heap block of exact size, so that a sanitizer detects a read past its end.
Reading read(Octets message) {
    const std::vector<std::uint8_t> copy(message.begin(), message.end());
    ResponseReader reader;
    const auto response = reader.read(copy);
    if (!response) return {{}, response.error().text};
    Reading reading;
    for (const Response::Record& record : response->records)
        reading.records.push_back(shown(record));
    return reading;
}

void check(const DnsMessage& message, const std::vector<std::string>& records) {
    const Reading reading = read(message.octets());
    BOOST_TEST(reading.problem == "");
    BOOST_TEST(reading.records == records, boost::test_tools::per_element());
}

void check_problem(const DnsMessage& message, std::string_view problem) {
    const Reading reading = read(message.octets());
    BOOST_TEST(reading.problem == problem);
}

// A response for www.Example.com A: the name is at octet 12, "example.com" at 16, "com" at 24.
DnsMessage asked(unsigned flags = DnsMessage::response) {
    return DnsMessage(flags).question("www.example.com", "A");
}

constexpr std::string_view www = "\xc0\x0c"sv;
constexpr std::string_view example = "\xc0\x10"sv;
constexpr std::string_view com = "\xc0\x18"sv;
constexpr std::string_view address = "\xc0\0\2\1"sv;

const std::string malformed_answer = "record 1 of the answer section cannot be read";

}  // namespace

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

// A label that begins within RDATA must not end behind it.
BOOST_AUTO_TEST_CASE(a_name_in_rdata_stays_within_it) {
    DnsMessage message = asked();
    message.record(DnsMessage::answer, www, Rrtype::CNAME, "\4ab"sv);
    message.record(DnsMessage::answer, "\0"sv, Rrtype::A, address);
    check(message, {"answer www.example.com. CNAME invalid", "answer . A 192.0.2.1"});
}

BOOST_AUTO_TEST_CASE(other_classes_are_left_as_they_are) {
    ResponseReader reader;
    const auto message = asked().record(DnsMessage::answer, www, Rrtype::CNAME, com, 3);
    const auto response = reader.read(message.octets()).value();
    BOOST_TEST(response.records[0].rrclass == 3);
    BOOST_TEST(!response.records[0].valid);
    BOOST_TEST(as_text(response.records[0].rdata) == com);
}

BOOST_AUTO_TEST_CASE(a_pointer_leads_strictly_backwards) {
    const auto owner = [](std::string_view name) {
        return asked().record(DnsMessage::answer, name, Rrtype::A, address);
    };
    // The owner begins at 33. To itself, to what follows, to the end, behind it.
    for (const unsigned target : {33U, 34U, 35U, 48U, 49U, 0x3fffU}) {
        const std::string pointer = {static_cast<char>(0xc0U | target >> 8U),
                                     static_cast<char>(target & 0xffU)};
        check_problem(owner(pointer), malformed_answer);
    }
    // To the labels that precede the pointer itself.
    check_problem(owner("\1a\xc0\x21"sv), malformed_answer);
    // Into the header, where octets are that could be a name: QDCOUNT's upper half is the root.
    check_problem(owner("\xc0\x04"sv), malformed_answer);
    check_problem(owner("\xc0\x0b"sv), malformed_answer);
    // The last one before it, which is the lower half of QCLASS: a label of one octet, and so on
    // into the pointer again.
    check_problem(owner("\xc0\x20"sv), malformed_answer);
    // The other kinds of label (RFC 6891, section 5).
    for (const unsigned length : {0x40U, 0x41U, 0x7fU, 0x80U, 0xbfU}) {
        const std::string label(1, static_cast<char>(length));
        check_problem(owner(label + std::string(length, 'x') + '\0'), malformed_answer);
    }
}

BOOST_AUTO_TEST_CASE(two_pointers_to_each_other_end) {
    // At 33 a name that leads to 37, and there one that leads to 33.
    DnsMessage message = asked();
    message.record(DnsMessage::answer, "\1a\xc0\x25"sv, Rrtype::A, "\1b\xc0\x21"sv);
    check_problem(message, malformed_answer);
    DnsMessage inside = asked();
    inside.record(DnsMessage::answer, www, Rrtype{65280}, "\1a\xc0\x31"sv);  // at 45
    inside.record(DnsMessage::answer, "\xc0\x2d"sv, Rrtype::A, address);     // at 49
    check_problem(inside, "record 2 of the answer section cannot be read");
    // Without a label, nothing but the pointers' direction ends it: 45 leads to itself or to 47,
    // which leads back.
    DnsMessage itself = asked();
    itself.record(DnsMessage::answer, www, Rrtype{65280}, "\xc0\x2d"sv);
    itself.record(DnsMessage::answer, "\xc0\x2d"sv, Rrtype::A, address);
    check_problem(itself, "record 2 of the answer section cannot be read");
    DnsMessage pair = asked();
    pair.record(DnsMessage::answer, www, Rrtype{65280}, "\xc0\x2f\xc0\x2d"sv);
    pair.record(DnsMessage::answer, "\xc0\x2f"sv, Rrtype::A, address);
    check_problem(pair, "record 2 of the answer section cannot be read");
}

BOOST_AUTO_TEST_CASE(a_name_has_at_most_255_octets) {
    const auto labels = [](std::size_t octets) {
        std::string name;
        for (; octets > 64; octets -= 64)
            name += '\x3f' + std::string(63, 'x');
        name += static_cast<char>(octets - 1) + std::string(octets - 1, 'x');
        return name;
    };
    const auto owner = [](const std::string& name) {
        return asked().record(DnsMessage::answer, name, Rrtype::A, address);
    };
    BOOST_TEST(read(owner(labels(254) + '\0').octets()).problem == "");
    check_problem(owner(labels(255) + '\0'), malformed_answer);
    // With a pointer to the 17 octets of www.example.com.
    BOOST_TEST(read(owner(labels(238) + std::string(www)).octets()).problem == "");
    check_problem(owner(labels(239) + std::string(www)), malformed_answer);
    // A chain of pointers, each with a label before it, until there are too many.
    DnsMessage chain = asked();
    std::string before(www);
    for (int i = 0; i < 120; ++i) {
        const std::size_t at = chain.size();
        chain.record(DnsMessage::answer, "\1a"s + before, Rrtype::A, address);
        before = {static_cast<char>(0xc0U | at >> 8U), static_cast<char>(at & 0xffU)};
    }
    check_problem(chain, "record 120 of the answer section cannot be read");
}

BOOST_AUTO_TEST_CASE(counts_must_be_right) {
    const auto good = asked().record(DnsMessage::answer, www, Rrtype::A, address);
    for (const auto section : {DnsMessage::answer, DnsMessage::authority, DnsMessage::additional}) {
        DnsMessage more = good;
        BOOST_TEST(read(more.count(section).octets()).problem != "");
    }
    DnsMessage question = good;
    BOOST_TEST(read(question.count(DnsMessage::questions).octets()).problem != "");
}

BOOST_AUTO_TEST_CASE(octets_behind_the_last_record_cost_no_record) {
    DnsMessage message = asked().record(DnsMessage::answer, www, Rrtype::A, address);
    ResponseReader reader;
    BOOST_TEST(reader.read(message.octets()).value().left_over == 0U);
    message.u8(0).u16(0);
    BOOST_TEST(reader.read(message.octets()).value().left_over == 3U);
    check(message, {"answer www.example.com. A 192.0.2.1"});
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

BOOST_AUTO_TEST_CASE(a_message_cut_anywhere_is_refused) {
    const auto whole = asked()
                           .record(DnsMessage::answer, www, Rrtype::CNAME, "\3web\xc0\x10"sv)
                           .record(DnsMessage::authority, example, Rrtype::NS, "\2ns\xc0\x10"sv)
                           .record(DnsMessage::additional, "\2ns\xc0\x10"sv, Rrtype::A, address);
    BOOST_TEST(read(whole.octets()).records.size() == 3);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BOOST_TEST(read(whole.octets().first(size)).problem != "", size);
    }
}

BOOST_AUTO_TEST_CASE(of_a_truncated_message_what_is_complete_stays) {
    DnsMessage message = asked(DnsMessage::response | DnsMessage::truncated);
    const std::size_t none = message.size();
    message.record(DnsMessage::answer, www, Rrtype::A, address);
    const std::size_t one = message.size();
    message.record(DnsMessage::answer, www, Rrtype::A, address);
    message.record(DnsMessage::additional, "\0"sv, Rrtype::OPT, "", 1232);
    for (std::size_t size = 0; size < none; ++size) {
        BOOST_TEST(read(message.octets().first(size)).problem != "", size);
    }
    BOOST_TEST(read(message.octets().first(none)).records.empty());
    BOOST_TEST(read(message.octets().first(one - 1)).records.empty());
    BOOST_TEST(read(message.octets().first(one)).records.size() == 1);
    BOOST_TEST(read(message.octets().first(one + 1)).records.size() == 1);
    BOOST_TEST(read(message.octets()).records.size() == 3);
    BOOST_TEST(read(message.u8(0).octets()).records.size() == 3);
}

BOOST_AUTO_TEST_CASE(a_reader_keeps_nothing_of_the_message_before) {
    ResponseReader reader;
    const auto first = asked().record(DnsMessage::answer, www, Rrtype::A, address);
    BOOST_TEST(reader.read(first.octets()).value().records.size() == 1);
    BOOST_TEST(!reader.read(first.octets().first(40)));
    BOOST_TEST(reader.read(asked().octets()).value().records.empty());
    BOOST_TEST(reader.read(first.octets()).value().records.size() == 1);
}

// 64 KB of the shortest record that expands to the longest name.
BOOST_AUTO_TEST_CASE(the_largest_expansion_is_read) {
    DnsMessage message;
    message.count(DnsMessage::questions);
    for (int i = 0; i < 127; ++i)
        message.add("\1x"sv);
    message.u8(0).u16(1).u16(1);
    std::size_t records = 0;
    while (message.size() + 14 <= 65535) {
        message.record(DnsMessage::answer, www, Rrtype::NS, www);
        ++records;
    }
    const Reading reading = read(message.octets());
    BOOST_TEST(reading.problem == "");
    BOOST_TEST(reading.records.size() == records);
}

BOOST_AUTO_TEST_CASE(what_is_read_of_damaged_messages_is_valid) {
    const std::uint64_t seed = random_seed();
    BOOST_TEST_CONTEXT("DNSHIST_SEED=" << seed) {
        std::mt19937_64 random(seed);
        const auto whole = asked()
                               .record(DnsMessage::answer, www, Rrtype::CNAME, "\3web\xc0\x10"sv)
                               .record(DnsMessage::authority, example, Rrtype::SOA,
                                       "\xc0\x0c\xc0\x10\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1"sv)
                               .record(DnsMessage::additional, com, Rrtype::MX, "\0\1\xc0\x0c"sv);
        ResponseReader reader;
        for (int i = 0; i < 20'000; ++i) {
            std::vector<std::uint8_t> octets(whole.octets().begin(), whole.octets().end());
            for (int changes = 0; changes < 3; ++changes)
                octets[random() % octets.size()] = static_cast<std::uint8_t>(random());
            const auto response = reader.read(octets);
            if (!response) continue;
            for (const Response::Record& record : response->records) {
                BOOST_REQUIRE(name_length(record.owner) == record.owner.size());
                BOOST_REQUIRE(std::ranges::equal(record.owner, record.owner, {}, to_lower));
                BOOST_REQUIRE(!record.valid || is_valid_rdata(record.type, record.rdata));
            }
        }
    }
}
