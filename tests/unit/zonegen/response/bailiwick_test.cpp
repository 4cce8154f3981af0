// The records that are believed of a server of a known zone: each case is a response and the
// verdict on each of its records.
#include "zonegen/response/bailiwick.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "tests/unit/zonegen/response/judged_response.hpp"

BOOST_AUTO_TEST_SUITE(bailiwick_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

std::string rrsig(std::string_view owner, std::string_view covered, std::string_view signer) {
    std::string text(owner);
    text += " RRSIG ";
    text += covered;
    text += " 13 2 300 20300101000000 20200101000000 1 ";
    text += signer;
    text += " AQ==";
    return text;
}

bool at_or_below(std::string_view name, std::string_view zone) {
    return is_at_or_below(Name::from_text(name).value().wire(),
                          Name::from_text(zone).value().wire());
}

}  // namespace

BOOST_AUTO_TEST_CASE(at_or_below_goes_by_labels) {
    BOOST_TEST(at_or_below("example.com", "example.com"));
    BOOST_TEST(at_or_below("www.example.com", "example.com"));
    BOOST_TEST(at_or_below("www.example.com", "com"));
    BOOST_TEST(at_or_below("com", "."));
    BOOST_TEST(at_or_below(".", "."));
    BOOST_TEST(!at_or_below("com", "example.com"));
    BOOST_TEST(!at_or_below(".", "com"));
    BOOST_TEST(!at_or_below("badexample.com", "example.com"));
    // Ends with the octets of the zone, but within a label: \003com\000 is the text of the label.
    BOOST_TEST(!at_or_below("a\\003com", "com"));
}

BOOST_AUTO_TEST_CASE(an_authoritative_answer) {
    JudgedResponse("www.example.com", "A")
        .by_servers_of("example.com")
        .answer("www.example.com A 192.0.2.1", accepted)
        .answer("www.example.com A 192.0.2.2", accepted)
        .authority("example.com NS ns1.example.com", accepted)
        .authority("example.com NS ns.example.net", accepted)
        .additional("ns1.example.com A 192.0.2.53", accepted)
        .additional("ns1.example.com AAAA 2001:db8::53", accepted)
        .additional("ns.example.net A 192.0.2.54", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(a_referral) {
    JudgedResponse("www.example.com", "A")
        .by_servers_of("com")
        .authority("example.com NS ns1.example.com", accepted)
        .authority("example.com NS ns.other.com", accepted)
        .authority("example.com NS ns.example.net", accepted)
        .authority("example.com DS 1 13 2 AABB", accepted)
        .authority(rrsig("example.com", "DS", "com"), accepted)
        .additional("ns1.example.com A 192.0.2.53", accepted)
        // other.com is in the bailiwick of com too.
        .additional("ns.other.com A 192.0.2.54", accepted)
        .additional("ns.example.net A 192.0.2.55", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(glue_above_the_cut_but_in_the_zone_asked) {
    JudgedResponse("www.sub.example.com", "A")
        .by_servers_of("example.com")
        .authority("sub.example.com NS ns.example.com", accepted)
        .additional("ns.example.com A 192.0.2.53", accepted)
        .check();
}

BOOST_AUTO_TEST_CASE(a_record_of_a_stranger_in_the_additional_section) {
    JudgedResponse("www.attacker.example", "A")
        .by_servers_of("attacker.example")
        .answer("www.attacker.example A 192.0.2.66", accepted)
        .additional("www.bank.example A 192.0.2.66", outside)
        .check();
}

// The oldest attack: the victim is named as a name server first, so that its address looks like
// glue.
BOOST_AUTO_TEST_CASE(a_stranger_named_as_server_gets_no_address) {
    JudgedResponse("www.attacker.example", "A")
        .by_servers_of("attacker.example")
        .answer("www.attacker.example A 192.0.2.66", accepted)
        .authority("attacker.example NS www.bank.example", accepted)
        .additional("www.bank.example A 192.0.2.66", outside)
        .check();
}

// Kaminsky, 2008: a query for any name of the zone, whose response brings along another one.
BOOST_AUTO_TEST_CASE(a_delegation_beside_the_question) {
    JudgedResponse("x1234.example.com", "A")
        .by_servers_of("example.com")
        .authority("www.example.com NS ns.attacker.example", unasked)
        .authority("www.example.com A 192.0.2.66", unasked)
        .additional("www.example.com A 192.0.2.66", unasked)
        .additional("ns.attacker.example A 192.0.2.66", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(a_child_speaks_not_for_its_parent) {
    JudgedResponse("www.example.com", "A")
        .by_servers_of("example.com")
        .answer("www.example.com A 192.0.2.1", accepted)
        .authority("com NS ns.example.com", outside)
        .authority("com SOA ns.example.com root.example.com 1 2 3 4 5", outside)
        .authority(". NS ns.example.com", outside)
        // Not accepted, so its target is not a host.
        .additional("ns.example.com A 192.0.2.66", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(a_sibling_speaks_not_for_its_sibling) {
    JudgedResponse("www.example.com", "A")
        .by_servers_of("example.com")
        .answer("www.badexample.com A 192.0.2.66", outside)
        .answer("mail.example.com A 192.0.2.1", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(the_tail_of_a_chain_in_another_zone) {
    JudgedResponse("www.example.com", "A")
        .by_servers_of("example.com")
        .answer("www.example.com CNAME web.example.com", accepted)
        .answer("web.example.com CNAME www.bank.example", accepted)
        .answer("www.bank.example A 192.0.2.66", outside)
        .authority("bank.example NS ns.example.com", outside)
        .check();
}

// A chain that has left the zone does not come back.
BOOST_AUTO_TEST_CASE(a_chain_through_another_zone) {
    JudgedResponse("www.example.com", "A")
        .by_servers_of("example.com")
        .answer("www.example.com CNAME a.bank.example", accepted)
        .answer("a.bank.example CNAME mail.example.com", outside)
        .answer("mail.example.com A 192.0.2.1", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(a_chain_in_any_order) {
    JudgedResponse("a.example.com", "A")
        .by_servers_of("example.com")
        .answer("c.example.com A 192.0.2.1", accepted)
        .answer("b.example.com CNAME c.example.com", accepted)
        .answer("a.example.com CNAME b.example.com", accepted)
        .answer("d.example.com A 192.0.2.1", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(a_chain_that_is_a_ring_ends) {
    JudgedResponse("a.example.com", "A")
        .by_servers_of("example.com")
        .answer("a.example.com CNAME b.example.com", accepted)
        .answer("b.example.com CNAME a.example.com", accepted)
        .answer("c.example.com A 192.0.2.1", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(a_chain_has_an_end) {
    const auto name = [](int i) { return "n" + std::to_string(i) + ".example.com"; };
    JudgedResponse said("n0.example.com", "A");
    said.by_servers_of("example.com");
    for (int i = 0; i < 20; ++i) {
        said.answer(name(i) + " CNAME " + name(i + 1), i < 17 ? accepted : unasked);
    }
    said.check();
}

BOOST_AUTO_TEST_CASE(dname_above_a_name_of_the_chain) {
    JudgedResponse("www.old.example.com", "A")
        .by_servers_of("example.com")
        .answer("old.example.com DNAME new.example.com", accepted)
        .answer(rrsig("old.example.com", "DNAME", "example.com"), accepted)
        .answer("www.old.example.com CNAME www.new.example.com", accepted)
        .answer("www.new.example.com A 192.0.2.1", accepted)
        .answer("older.example.com DNAME new.example.com", unasked)
        .answer("com DNAME attacker.example", outside)
        .answer("new.example.com A 192.0.2.1", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(a_denial) {
    JudgedResponse("nothing.example.com", "A")
        .by_servers_of("example.com")
        .authority("example.com SOA ns.example.com root.example.com 1 2 3 4 5", accepted)
        .authority(rrsig("example.com", "SOA", "example.com"), accepted)
        .authority("mail.example.com NSEC www.example.com A RRSIG NSEC", accepted)
        .authority(rrsig("mail.example.com", "NSEC", "example.com"), accepted)
        .authority("example.net NSEC www.example.net A", outside)
        .authority(
            "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.com NSEC3 1 0 0 - "
            "2t7b4g4vsa5smi47k61mv5bv1a22bojr A",
            accepted)
        .authority(
            "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.sub.example.com NSEC3 1 0 0 - "
            "2t7b4g4vsa5smi47k61mv5bv1a22bojr A",
            unasked)
        .authority(rrsig("mail.example.com", "MX", "example.com"), unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(signatures_go_with_what_they_sign) {
    JudgedResponse("www.example.com", "A")
        .by_servers_of("example.com")
        .answer("www.example.com A 192.0.2.1", accepted)
        .answer(rrsig("www.example.com", "A", "example.com"), accepted)
        .answer(rrsig("mail.example.com", "A", "example.com"), unasked)
        .authority("example.com NS ns.example.com", accepted)
        .authority(rrsig("example.com", "NS", "example.com"), accepted)
        .authority(rrsig("www.example.net", "NS", "example.com"), outside)
        .additional("ns.example.com A 192.0.2.53", accepted)
        .additional(rrsig("ns.example.com", "A", "example.com"), accepted)
        .additional(rrsig("ns.example.com", "TXT", "example.com"), unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(hosts_of_other_records) {
    JudgedResponse("_sip._tcp.example.com", "SRV")
        .by_servers_of("example.com")
        .answer("_sip._tcp.example.com SRV 1 2 5060 sip.example.com", accepted)
        .answer("_sip._tcp.example.com SRV 1 2 5060 sip.example.net", accepted)
        .additional("sip.example.com AAAA 2001:db8::1", accepted)
        .additional("sip.example.com TXT \"hello\"", unasked)
        .additional("sip.example.net AAAA 2001:db8::1", outside)
        .check();
    JudgedResponse("example.com", "MX")
        .by_servers_of("example.com")
        .answer("example.com MX 10 mail.example.com", accepted)
        .additional("mail.example.com A 192.0.2.25", accepted)
        .additional("www.example.com A 192.0.2.25", unasked)
        .check();
    // "." stands for the owner (RFC 9460, section 2.5.2).
    JudgedResponse("example.com", "HTTPS")
        .by_servers_of("example.com")
        .answer("example.com HTTPS 1 . alpn=h2", accepted)
        .additional("example.com A 192.0.2.1", accepted)
        .check();
    // Other names in RDATA are not hosts: SOA has names, and TXT might.
    JudgedResponse("example.com", "SOA")
        .by_servers_of("example.com")
        .answer("example.com SOA ns.example.com root.example.com 1 2 3 4 5", accepted)
        .additional("ns.example.com A 192.0.2.1", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(a_question_outside_of_the_zone_asked) {
    JudgedResponse("www.example.net", "A")
        .by_servers_of("example.com")
        .answer("www.example.net A 192.0.2.66", outside)
        .answer("www.example.com A 192.0.2.66", unasked)
        .authority("example.com NS www.example.com", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(the_root_speaks_for_all) {
    JudgedResponse(".", "NS")
        .by_servers_of(".")
        .answer(". NS a.root-servers.net", accepted)
        .additional("a.root-servers.net A 198.41.0.4", accepted)
        .check();
}

BOOST_AUTO_TEST_CASE(a_zone_transfer_has_all_of_its_zone) {
    JudgedResponse("example.com", "AXFR")
        .by_servers_of("example.com")
        .answer("example.com SOA ns.example.com root.example.com 1 2 3 4 5", accepted)
        .answer("www.example.com A 192.0.2.1", accepted)
        .answer("sub.example.com NS ns.sub.example.com", accepted)
        .answer("ns.sub.example.com A 192.0.2.2", accepted)
        .answer("www.example.net A 192.0.2.66", outside)
        .check();
    JudgedResponse("sub.example.com", "AXFR")
        .by_servers_of("example.com")
        .answer("www.example.com A 192.0.2.66", unasked)
        .check();
    // IXFR lists deletions in the same way as additions.
    JudgedResponse("example.com", "IXFR")
        .by_servers_of("example.com")
        .answer("example.com SOA ns.example.com root.example.com 1 2 3 4 5", unasked)
        .answer("www.example.com A 192.0.2.1", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(an_invalid_record_is_neither_accepted_nor_followed) {
    const std::string_view owner("\3www\7example\3com\0", 17);
    const std::string_view web("\3web\7example\3com\0", 17);
    DnsMessage message;
    message.question("www.example.com", "A");
    message.record(DnsMessage::answer, owner, Rrtype::CNAME, web, 3);
    message.record(DnsMessage::answer, owner, Rrtype::CNAME, "\3web");
    message.record(DnsMessage::answer, owner, Rrtype::RRSIG, "");
    message.record(DnsMessage::answer, owner, Rrtype::A, "192.0.2.1");
    message.record(DnsMessage::answer, owner, Rrtype::MX, "");
    message.record(DnsMessage::answer, "web.example.com A 192.0.2.1");
    ResponseReader reader;
    Bailiwick bailiwick;
    const auto response = reader.read(message.octets()).value();
    for (const RecordVerdict verdict : bailiwick.judge(response, {}))
        BOOST_TEST(text(verdict) == "unasked");
}

BOOST_AUTO_TEST_SUITE_END()
