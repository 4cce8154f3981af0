// The lines of passivedns, and which of them say a whole record.
#include "zonegen/sensorlog/passivedns_parser.hpp"

#include "tests/support/log_readings.hpp"

BOOST_AUTO_TEST_SUITE(passivedns_parser_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void check(const std::string& line, const std::vector<std::string>& expected) {
    check_readings<PassivednsParser>({line}, expected, "");
}

std::string with(const std::string& type, const std::string& answer) {
    return "1322849924.5||192.0.2.7||192.0.2.53||IN||host.example.||" + type + "||" + answer +
           "||600||2";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_line_is_a_record_seen_so_often) {
    check(
        "1322849924.408856||10.1.1.1||192.0.2.53||IN||Www.Example.COM.||A||198.51.100.7||"
        "46587||5",
        {"www.example.com. A 198.51.100.7 1322849924 x5"});
    BOOST_TEST(readings_of<PassivednsParser>({with("A", "192.0.2.1")}, "east").front() ==
               "host.example. A 192.0.2.1 1322849924 x2 [east]");
}

BOOST_AUTO_TEST_CASE(a_line_may_be_a_json_object) {
    const std::string head =
        R"({"timestamp_s":1362092919,"timestamp_ms":578449,"client":"192.0.2.10",)"
        R"("server":"192.0.2.53","class":"IN","query":"www.example.com.",)";
    check(head + R"("type":"A","answer":"192.0.2.24","ttl":120,"count":3})",
          {"www.example.com. A 192.0.2.24 1362092919 x3"});
    check(head + R"("type":"A","answer":"NXDOMAIN","ttl":0,"count":1})", {});
    check(head + R"("type":"TXT","answer":"\"a\"","ttl":0,"count":1})",
          {"! not logged with all of its rdata: TXT"});
    check(head + R"("type":"A","ttl":0,"count":1})",
          {"! not in the form of its format: no answer"});
    check(head + R"("type":"A","answer":"192.0.2.24","count":-1})",
          {"! bad count: no whole number"});
}

BOOST_AUTO_TEST_CASE(early_versions_have_neither_count_nor_fractions) {
    check("1322849924||10.1.1.1||192.0.2.53||IN||www.example.||A||192.0.2.1||60",
          {"www.example. A 192.0.2.1 1322849924"});
}

BOOST_AUTO_TEST_CASE(types_that_are_logged_whole) {
    check(with("AAAA", "2001:db8::1"), {"host.example. AAAA 2001:db8::1 1322849924 x2"});
    check(with("CNAME", "other.example."), {"host.example. CNAME other.example. 1322849924 x2"});
    check(with("PTR", "a\\.b.example."), {"host.example. PTR a\\.b.example. 1322849924 x2"});
    check(with("HINFO", "\"PC\" \"a b\""), {"host.example. HINFO \"PC\" \"a b\" 1322849924 x2"});
    check(with("DS", "1 8 1 0011223344556677889900112233445566778899"),
          {"host.example. DS 1 8 1 0011223344556677889900112233445566778899 1322849924 x2"});
}

BOOST_AUTO_TEST_CASE(types_that_are_not) {
    const std::string no = "! not logged with all of its rdata: ";
    check(with("MX", "mail.example."), {no + "MX"});
    check(with("SRV", "host.example."), {no + "SRV"});
    check(with("SOA", "ns.example."), {no + "SOA"});
    check(with("TXT", "\"first string\""), {no + "TXT"});
    check(with("NSEC3", "1 0 1 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"), {no + "NSEC3"});
    check(with("NSEC", "next.example."), {no + "NSEC"});
    check(with("65", "1 ."), {no + "HTTPS"});
}

BOOST_AUTO_TEST_CASE(the_query_is_not_always_the_owner) {
    const std::string no = "! owner or type not certain: ";
    check(with("DNAME", "other.example."), {no + "DNAME"});
    check(with("RRSIG", "CNAME 8 2 60 20300101000000 20290101000000 1 example. AA=="),
          {no + "RRSIG"});
    check(with("RRSIG", "A 8 2 60 20300101000000 20290101000000 1 example. AA=="),
          {"host.example. RRSIG A 8 2 60 20300101000000 20290101000000 1 example. AA== "
           "1322849924 x2"});
}

BOOST_AUTO_TEST_CASE(codes_are_no_records) {
    check(with("A", "NXDOMAIN"), {});
    check(with("CNAME", "SERVFAIL"), {});
    check(with("A", "UNKNOWN-ERROR-16"), {});
    check(with("CNAME", "nxdomain."), {"host.example. CNAME nxdomain. 1322849924 x2"});
}

BOOST_AUTO_TEST_CASE(what_is_wrong_in_a_line_is_said) {
    check("no line of passivedns", {"! not in the form of its format: fewer than 8 columns"});
    check(with("A", "192.0.2.1") + "||1", {"! not in the form of its format: more than 9 columns"});
    check(with("A", "192.0.2.300"), {"! bad rdata: not an IPv4 address: '192.0.2.300'"});
    check(with("BOGUS", "192.0.2.1"), {"! bad rrtype: 'BOGUS'"});
    check("x||c||s||IN||a.||A||192.0.2.1||1||1", {"! bad time: timestamp is no time: 'x'"});
    check("1||c||s||CH||a.||A||192.0.2.1||1||1", {"! class other than IN: 'CH'"});
    check("1||c||s||IN||a..b||A||192.0.2.1||1||1",
          {"! bad rrname: an empty label in the name 'a..b'"});
    check("1||c||s||IN||a.||A||192.0.2.1||1||many", {"! bad count: 'many'"});
}

BOOST_AUTO_TEST_CASE(a_line_at_the_longest_may_have_been_cut) {
    check(with("DNSKEY", "257 3 8 " + std::string(1000, 'A')),
          {"! not logged with all of its rdata: a line that may have been cut"});
}

BOOST_AUTO_TEST_SUITE_END()
