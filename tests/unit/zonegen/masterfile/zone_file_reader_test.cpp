// Records of master files: owners, origins, and what is no record.
#include "zonegen/masterfile/zone_file_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <span>

#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(zone_file_reader_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

struct Reading {
    // "OWNER TYPE RDATA [BAILIWICK]", and of rejects "! LINE REASON: DETAIL".
    std::vector<std::string> all;
    std::vector<std::string> remarks;
};

struct Included {
    std::string name;
    std::string content;
};

Reading read(const std::string& content, const std::optional<std::string>& origin = {},
             const std::string& sensor = {}, const std::vector<Included>& included = {}) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "feed";
    for (const Included& file : included)
        std::ofstream(directory.path() / file.name, std::ios::binary) << file.content;
    std::ofstream(path, std::ios::binary) << content;
    Feed feed(path.string());
    Reading reading;
    Sink sink;
    sink.observe = [&](const Observation& seen) {
        BOOST_TEST((seen.witness == Witness::zone && seen.count == 1));
        BOOST_TEST(seen.seen.begin.since_epoch == 1000U);
        BOOST_TEST(seen.seen.end.since_epoch == 1000U);
        std::string text = Name::from_wire(seen.owner)->text() + ' ' + rrtype_text(seen.type) +
                           ' ' + rdata_text(seen.type, seen.rdata);
        if (seen.source != nullptr) text += " [" + seen.source->bailiwick + ']';
        if (seen.source != nullptr) text += seen.source->sensor_id;
        reading.all.push_back(text);
    };
    sink.refuse = [&](std::uint64_t line, std::string_view, const Reject& reject) {
        std::string text = "! " + std::to_string(line) + ' ';
        text += reason_text(reject.reason);
        if (!reject.detail.empty()) text += ": " + reject.detail;
        // The directory is another one each time.
        const std::string where = directory.path().string() + "/";
        for (std::size_t at = 0; (at = text.find(where)) != std::string::npos;)
            text.erase(at, where.size());
        reading.all.push_back(text);
    };
    std::optional<Name> name;
    if (origin) name = Name::from_text(*origin).value();
    ZoneFileReader zone(feed, sink, Seconds{1000}, name, sensor, !included.empty());
    while (zone.next()) {
    }
    BOOST_TEST(feed.position() == content.size());
    for (const FeedRemark& remark : zone.remarks())
        reading.remarks.push_back((remark.failed ? "failed: " : "") + remark.text);
    return reading;
}

void check(const std::string& content, const std::vector<std::string>& expected,
           const std::optional<std::string>& origin = {},
           const std::vector<std::string>& remarks = {}) {
    const Reading reading = read(content, origin);
    BOOST_TEST(reading.all == expected, boost::test_tools::per_element());
    BOOST_TEST(reading.remarks == remarks, boost::test_tools::per_element());
}

const std::string no_apex =
    "failed: has records of a zone that it does not name, without an SOA that can be read before "
    "them; --origin names it";

}  // namespace

BOOST_AUTO_TEST_CASE(a_zone) {
    check(
        "; A zone.\n"
        "$ORIGIN example.com.\n"
        "$TTL 1h\n"
        "@  IN SOA ns admin ( 1 ; serial\n"
        "        2h 3 4 5 )\n"
        "   NS ns\n"
        "   3600 IN NS ns.example.net.\n"
        "ns IN 1d A 192.0.2.1\n"
        "   AAAA 2001:db8::1\n"
        "Www.A cname @\n"
        "t  TXT ( \"a ; b\"\n"
        "     c )\n"
        "x  TYPE65280 \\# 2 beef\n"
        "$ORIGIN sub\n"
        "@  A 192.0.2.2\n",
        {"example.com. SOA ns.example.com. admin.example.com. 1 7200 3 4 5 [example.com.]",
         "example.com. NS ns.example.com. [example.com.]",
         "example.com. NS ns.example.net. [example.com.]",
         "ns.example.com. A 192.0.2.1 [example.com.]",
         "ns.example.com. AAAA 2001:db8::1 [example.com.]",
         "www.a.example.com. CNAME example.com. [example.com.]",
         "t.example.com. TXT \"a ; b\" \"c\" [example.com.]",
         "x.example.com. TYPE65280 \\# 2 BEEF [example.com.]",
         "sub.example.com. A 192.0.2.2 [example.com.]"});
}

BOOST_AUTO_TEST_CASE(the_origin_comes_from_the_command_or_from_the_soa) {
    check("@ SOA ns a 1 2 3 4 5\nw A 192.0.2.1\n",
          {"example. SOA ns.example. a.example. 1 2 3 4 5 [example.]",
           "w.example. A 192.0.2.1 [example.]"},
          "example");
    check("example. SOA ns a 1 2 3 4 5\nw A 192.0.2.1\n",
          {"example. SOA ns.example. a.example. 1 2 3 4 5 [example.]",
           "w.example. A 192.0.2.1 [example.]"});

    const Reading lost =
        read("w A 192.0.2.1\n  A 192.0.2.2\nw. NS ns\n@ A 192.0.2.3\nw. A 192.0.2.4\n");
    BOOST_TEST(lost.all == (std::vector<std::string>{"! 1 a relative name, and no origin is known",
                                                     "! 2 no rrname: nor one before it",
                                                     "! 3 a relative name, and no origin is known",
                                                     "! 4 a relative name, and no origin is known",
                                                     "! 5 of no zone that is known"}),
               boost::test_tools::per_element());
    BOOST_TEST(lost.remarks == (std::vector<std::string>{
                                   "failed: has relative names and does not say what they are "
                                   "relative to; --origin does",
                                   no_apex}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_origin_that_is_wrong_is_none) {
    const Reading reading =
        read("$ORIGIN a..b\nexample. SOA ns. a. 1 2 3 4 5\nw A 192.0.2.1\n$ORIGIN\n", "example");
    BOOST_TEST(reading.all == (std::vector<std::string>{
                                  "! 1 a directive that is not followed: $ORIGIN: an empty label "
                                  "in the name 'a..b'",
                                  "example. SOA ns. a. 1 2 3 4 5 [example.]",
                                  "! 3 a relative name, and no origin is known",
                                  "! 4 a directive that is not followed: $ORIGIN: relative, and no "
                                  "origin is known: ''"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_outside_of_the_zone_is_not_of_the_zone) {
    check(
        "a.example. SOA . . 1 2 3 4 5\n"
        "b.example. A 192.0.2.2\n"
        "w.A.example. A 192.0.2.3\n"
        "xa.example. A 192.0.2.4\n"
        "example. A 192.0.2.5\n",
        {"a.example. SOA . . 1 2 3 4 5 [a.example.]", "! 2 outside the zone",
         "w.a.example. A 192.0.2.3 [a.example.]", "! 4 outside the zone", "! 5 outside the zone"});
}

BOOST_AUTO_TEST_CASE(without_an_apex_nothing_is_believed) {
    const std::string records = "@ NS ns\nwww.victim.test. A 192.0.2.66\n";
    for (const std::string soa : {"", "@ SOA ns a {{serial}} 2 3 4 5\n"}) {
        const Reading reading = read("$ORIGIN example.\n" + soa + records);
        BOOST_TEST_REQUIRE(reading.all.size() == (soa.empty() ? 2U : 3U));
        if (!soa.empty()) BOOST_TEST(reading.all.front().starts_with("! 2 bad rdata"));
        for (const std::string& one : std::span(reading.all).last(2))
            BOOST_TEST(one.ends_with(" of no zone that is known"));
        BOOST_TEST(reading.remarks == std::vector{no_apex});
        // The command can name it, and then that is the limit.
        const Reading named = read("$ORIGIN example.\n" + soa + records, "example");
        BOOST_TEST(named.all[named.all.size() - 2] == "example. NS ns.example. [example.]");
        BOOST_TEST(named.all.back().ends_with(" outside the zone: not below --origin"));
        BOOST_TEST(named.remarks.empty());
    }
    // The SOA may come late: what is before it is not of its zone for certain.
    const Reading late = read("w.a. A 192.0.2.1\na. SOA . . 1 2 3 4 5\nw.a. A 192.0.2.2\n");
    BOOST_TEST(late.all ==
                   (std::vector<std::string>{"! 1 of no zone that is known",
                                             "a. SOA . . 1 2 3 4 5 [a.]", "w.a. A 192.0.2.2 [a.]"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_soa_opens_a_zone) {
    check(
        "a. SOA ns . 1 2 3 4 5\nw A 192.0.2.1\na. SOA ns . 1 2 3 4 5\n"
        "b. SOA ns . 1 2 3 4 5\nw A 192.0.2.2\nw.a. A 192.0.2.3\n"
        "c. SOA ns . x 2 3 4 5\nw A 192.0.2.4\n",
        {"a. SOA ns.a. . 1 2 3 4 5 [a.]", "w.a. A 192.0.2.1 [a.]", "b. SOA ns.b. . 1 2 3 4 5 [b.]",
         "w.b. A 192.0.2.2 [b.]", "! 6 outside the zone",
         "! 7 bad rdata: not a number from 0 to 4294967295: 'x'", "! 8 of no zone that is known"},
        {}, {no_apex});
    // --origin is the limit of them all.
    check("sub SOA ns . 1 2 3 4 5\nw.sub A 192.0.2.1\nvictim. SOA . . 1 2 3 4 5\nvictim. NS .\n",
          {"sub.a. SOA ns.a. . 1 2 3 4 5 [sub.a.]", "w.sub.a. A 192.0.2.1 [sub.a.]",
           "! 3 outside the zone: not below --origin", "! 4 outside the zone: not below --origin"},
          "a");
}

BOOST_AUTO_TEST_CASE(the_age_of_a_windows_record_is_passed_over) {
    check(
        "@ IN SOA dc1 admin 42 900 600 86400 3600\r\n"
        "_gc._tcp\t\t[AGE:3631234]\t600\tSRV\t0 100 3268\tdc1\r\n"
        "\t[AGE:3631234]\tSRV\t0 100 3269\tdc1\r\n"
        "dc1 600 [AGE:1] A 192.0.2.7\r\n",
        {"a. SOA dc1.a. admin.a. 42 900 600 86400 3600 [a.]",
         "_gc._tcp.a. SRV 0 100 3268 dc1.a. [a.]", "_gc._tcp.a. SRV 0 100 3269 dc1.a. [a.]",
         "! 4 bad rrtype: '[AGE:1]'"},
        "a");
}

BOOST_AUTO_TEST_CASE(the_soa_that_closes_a_transfer_is_no_second_one) {
    check("a. SOA . . 1 2 3 4 5\na. NS n.\na. SOA . . 1 2 3 4 5\na. SOA . . 2 2 3 4 5\n",
          {"a. SOA . . 1 2 3 4 5 [a.]", "a. NS n. [a.]", "a. SOA . . 2 2 3 4 5 [a.]"});
}

BOOST_AUTO_TEST_CASE(ttl_and_class_come_in_any_order_or_not_at_all) {
    check(
        "a. 1 IN A 192.0.2.1\na. in 1w2D A 192.0.2.2\na. CLASS1 A 192.0.2.3\na. a 192.0.2.4\n"
        "1. 2 A 192.0.2.5\n",
        {"a. A 192.0.2.1 [.]", "a. A 192.0.2.2 [.]", "a. A 192.0.2.3 [.]", "a. A 192.0.2.4 [.]",
         "1. A 192.0.2.5 [.]"},
        ".");
    check("a. CH TXT x\na. CLASS3 TXT x\na. 1 2 A 192.0.2.1\na. IN IN A 192.0.2.1\na. 1 IN\na.\n",
          {"! 1 class other than IN: 'CH'", "! 2 class other than IN: 'CLASS3'",
           "! 3 bad rrtype: '2'", "! 4 bad rrtype: 'IN'", "! 5 no rrtype", "! 6 no rrtype"},
          ".");
}

BOOST_AUTO_TEST_CASE(a_mistake_costs_itself) {
    check(
        "a. A 192.0.2.1\n"
        "a..b A 192.0.2.2\n"
        "  A 192.0.2.3\n"
        "c. A 192.0.2.300\n"
        "  A 192.0.2.4\n"
        "d. ANY x\n"
        "e. BOGUS x\n"
        "f. NSEC ( g.\n"
        "  TXT AAAA\n"
        "  A NS\n"
        "h. TXT \"x\n"
        "  TXT y\n"
        "i. A 192.0.2.5 )\n"
        "j. NS k. l.\n"
        "m. A ( 192.0.2.6 )\n",
        {"a. A 192.0.2.1 [.]", "! 2 bad rrname: an empty label in the name 'a..b'",
         "! 3 no rrname: nor one before it", "! 4 bad rdata: not an IPv4 address: '192.0.2.300'",
         "c. A 192.0.2.4 [.]", "! 6 class other than IN: 'ANY'", "! 7 bad rrtype: 'BOGUS'",
         "! 8 not in the form of its format: a parenthesis is not closed",
         "! 9 no rrname: nor one before it", "! 10 no rrname: nor one before it",
         "! 11 not in the form of its format: a quoted string is not closed on its line",
         "! 12 no rrname: nor one before it",
         "! 13 not in the form of its format: a parenthesis is closed that was not opened",
         "! 14 bad rdata: more than was expected: 'l.'", "m. A 192.0.2.6 [.]"},
        ".");
}

BOOST_AUTO_TEST_CASE(directives_that_would_add_records_are_named) {
    check("$INCLUDE other.zone\n$generate 1-9 h$ A 192.0.2.$\n$BOGUS\n$TTL\n",
          {"! 1 a directive that is not followed: $INCLUDE",
           "! 2 a directive that is not followed: $GENERATE",
           "! 3 a directive that is not followed: $BOGUS"},
          "x");
}

BOOST_AUTO_TEST_CASE(the_sensor_is_of_all) {
    BOOST_TEST(read("a. A 192.0.2.1\n", ".", "east").all ==
               std::vector<std::string>{"a. A 192.0.2.1 [.]east"});
}

BOOST_AUTO_TEST_CASE(includes_are_followed_where_they_are_allowed) {
    const Reading reading = read(
        "$ORIGIN example.com.\n"
        "@ SOA ns admin 1 2 3 4 5\n"
        "www A 192.0.2.1\n"
        "$INCLUDE hosts\n"
        " A 192.0.2.2\n"  // of www still
        "$INCLUDE hosts sub\n"
        "$INCLUDE absent\n"
        "$INCLUDE\n"
        "last A 192.0.2.9\n",
        {}, {},
        {{"hosts", "a A 192.0.2.3\n$ORIGIN elsewhere.example.com.\nb A 192.0.2.4\nc A x\n"}});
    const std::string zone = " [example.com.]";
    const std::vector<std::string> expected = {
        "example.com. SOA ns.example.com. admin.example.com. 1 2 3 4 5" + zone,
        "www.example.com. A 192.0.2.1" + zone,
        "a.example.com. A 192.0.2.3" + zone,
        "b.elsewhere.example.com. A 192.0.2.4" + zone,
        "! 4 bad rdata: not an IPv4 address: 'x', at 'hosts':4",
        "www.example.com. A 192.0.2.2" + zone,
        "a.sub.example.com. A 192.0.2.3" + zone,
        "b.elsewhere.example.com. A 192.0.2.4" + zone,
        "! 6 bad rdata: not an IPv4 address: 'x', at 'hosts':4",
    };
    BOOST_REQUIRE(reading.all.size() == expected.size() + 3);
    for (std::size_t i = 0; i < expected.size(); ++i)
        BOOST_TEST(reading.all[i] == expected[i]);
    BOOST_TEST(reading.all[expected.size()].find("$INCLUDE: ") != std::string::npos);
    BOOST_TEST(reading.all[expected.size() + 1].ends_with("$INCLUDE without a file"));
    BOOST_TEST(reading.all.back() == "last.example.com. A 192.0.2.9" + zone);
}

BOOST_AUTO_TEST_CASE(includes_end) {
    const Reading within =
        read("$INCLUDE a\n", "example.com", {}, {{"a", "$INCLUDE b\n"}, {"b", "$INCLUDE a\n"}});
    BOOST_REQUIRE(within.all.size() == 1U);
    BOOST_TEST(within.all[0].find("too many, or one within itself") != std::string::npos);
    const Reading device = read("$INCLUDE /dev/zero\n", "example.com", {}, {{"a", ""}});
    BOOST_REQUIRE(device.all.size() == 1U);
    BOOST_TEST(device.all[0].find("is no file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reject_file_says_where_its_entries_are_from) {
    const Reading reading = read(
        "; dnshist-rejects zone\n"
        "; feed:7: bad rdata\n"
        "$DNSHIST zone example. at 1970-01-01T00:16:40Z\n"
        "$ORIGIN a.example.\n"
        "b A 192.0.2.1\n"
        "  A 192.0.2.2\n"
        "c.test. A 192.0.2.3\n"
        "$DNSHIST at 1970-01-01T00:16:40Z\n"
        "d A 192.0.2.4\n"
        "e.test. A 192.0.2.5\n"
        "$DNSHIST at noon\n");
    BOOST_TEST(
        reading.all ==
            (std::vector<std::string>{
                "b.a.example. A 192.0.2.1 [example.]", "! 6 no rrname", "! 7 outside the zone",
                "! 9 a relative name, and no origin is known", "! 10 of no zone that is known",
                "! 11 a directive that is not followed: $DNSHIST: 'at'"}),
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(another_file_does_not_say_so) {
    check("$DNSHIST zone example. at 1970-01-01T00:16:40Z\n",
          {"! 1 a directive that is not followed: $DNSHIST"});
}

BOOST_AUTO_TEST_SUITE_END()
