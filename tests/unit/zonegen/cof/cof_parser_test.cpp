// Every form of COF that feeds have, and every way in which they break it.
#include "zonegen/cof/cof_parser.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "tests/support/random_seed.hpp"
#include "tests/unit/zonegen/cof/shown_items.hpp"

BOOST_AUTO_TEST_SUITE(cof_parser_test)

using namespace dnshist;
using namespace dnshist::zonegen;

BOOST_AUTO_TEST_CASE(reads_the_drafts_form) {
    check(R"({"count":102,"time_first":1298412391,"rrtype":"AAAA","rrname":"www.ietf.org",)"
          R"("rdata":"2001:1890:1112:1::20","time_last":1302506851})",
          {"www.ietf.org. AAAA 2001:1890:1112:1::20 1298412391..1302506851 x102"});
}

BOOST_AUTO_TEST_CASE(a_member_of_an_rrset_is_an_observation) {
    check(R"({"rrname":"Example.COM.","rrtype":"ns","rdata":["a.example.","B.example"],)"
          R"("time_first":1,"time_last":2,"count":7})",
          {"example.com. NS a.example. 1..2 x7", "example.com. NS b.example. 1..2 x7"});
}

BOOST_AUTO_TEST_CASE(a_member_that_comes_twice_is_one) {
    const std::string twice =
        R"({"rrname":"a","rrtype":"A","rdata":["192.0.2.1","192.0.2.1"],"time_first":10,"count":2})";
    check(twice, {"a. A 192.0.2.1 10..10 x2"});
    check(R"({"rrname":"a","rrtype":"NS","rdata":["NS1.a.","ns2.a","ns1.a."],"time_first":10})",
          {"a. NS ns1.a. 10..10 x1", "a. NS ns2.a. 10..10 x1"});
    // Another object is another sighting.
    TestParser parser;
    for (int i = 0; i < 2; ++i)
        BOOST_TEST(parser.read(twice).observations.size() == 1U);
}

BOOST_AUTO_TEST_CASE(reads_the_dialects) {
    check(R"({"rrname":"a.example","rrdata":"192.0.2.1","rrtype":"A","time_first":1,"count":18})",
          {"a.example. A 192.0.2.1 1..1 x18"});
    check(R"({"obj":{"rrname":"a.example","rdata":["192.0.2.1"],"rrtype":"A","time_first":1}})",
          {"a.example. A 192.0.2.1 1..1 x1"});
    check(R"({"time":"2021-10-06 21:34:53.214812000","vname":"SIE","mname":"dnsdedupe","message":)"
          R"({"type":"EXPIRATION","count":1,"time_first":"2018-03-27 10:43:28",)"
          R"("time_last":"2018-03-27 10:43:29","bailiwick":"next_ip","rrname":"next_ip",)"
          R"("rrclass":"IN","rrtype":"TYPE127","rdata":["\\\\# 03 c0 a8 01"]}})",
          {"next_ip. TYPE127 \\# 3 C0A801 1522147408..1522147409 x1 [||next_ip.]"});
}

BOOST_AUTO_TEST_CASE(an_answer_of_spamhaus_has_a_list_of_records) {
    const Reading reading = TestParser().read(
        R"({"error":false,"hits":3,"records":[{"id":"1","rrname":"a","rrclass":"IN","rrtype":"A",)"
        R"("rdata":"192.0.2.1","time_first":1,"time_last":2},7,{"rrname":"b","rrtype":"A",)"
        R"("rdata":"x","time_first":1},{"rrname":"a","rrtype":"NS","rdata":"n","time_first":3}]})");
    BOOST_TEST(reading.observations ==
                   (std::vector<std::string>{"a. A 192.0.2.1 1..2 x1", "a. NS n. 3..3 x1"}),
               boost::test_tools::per_element());
    BOOST_TEST(reading.rejects ==
                   (std::vector<std::string>{"not a JSON object (partial)",
                                             "bad rdata: not an IPv4 address: 'x' (partial)"}),
               boost::test_tools::per_element());
    check_reject(R"({"error":true,"records":null})", "no rrname");
}

BOOST_AUTO_TEST_CASE(runs_are_observations_of_which_the_first_counts) {
    check(
        with(R"("time_first":1,"time_last":9,"count":5,"runs":[[1,2],[4,6],[9,9]],)"
             R"("zone_time_first":3,"zone_time_last":8,"zone_count":2,"zone_runs":[[3,4],[7,8]])"),
        {"example.com. A 192.0.2.1 1..2 x5", "example.com. A 192.0.2.1 4..6 x0",
         "example.com. A 192.0.2.1 9..9 x0", "example.com. A 192.0.2.1 3..4 x2 zone",
         "example.com. A 192.0.2.1 7..8 x0 zone"});
}

BOOST_AUTO_TEST_CASE(runs_must_be_those_of_the_record) {
    for (const std::string_view runs : {"[[1,2],[4,6]]", "[[2,9]]", "[]"}) {
        check_reject(with(R"("time_first":1,"time_last":9,"runs":)" + std::string(runs)),
                     "bad time: runs do not begin and end with the times of the record");
    }
    check_reject(with(R"("time_first":1,"time_last":9,"runs":[[1,5],[5,9]])"),
                 "bad time: runs are not in order");
    check_reject(with(R"("time_first":1,"time_last":9,"runs":[[1,3],[9,7]])"),
                 "bad time: runs are not in order");
    check_reject(with(R"("time_first":1,"time_last":9,"runs":[[1,2,9]])"),
                 "bad time: runs has what is no interval");
    check_reject(with(R"("time_first":1,"time_last":9,"runs":7)"),
                 "bad time: runs is no list of intervals");
}

// The values of the last item are remembered, and must not show in the next.
BOOST_AUTO_TEST_CASE(elements_do_not_leak_into_each_other) {
    TestParser parser;
    BOOST_TEST(parser.read(with(R"("sensor_id":"s1")")).observations.at(0) ==
               "example.com. A 192.0.2.1 1..1 x1 [s1||]");
    BOOST_TEST(parser.read(with("")).observations.at(0) == "example.com. A 192.0.2.1 1..1 x1");
    BOOST_TEST(parser.read(with(R"("bailiwick":"..")")).rejects.size() == 1);
    BOOST_TEST(parser.read(with("")).observations.at(0) == "example.com. A 192.0.2.1 1..1 x1");
    BOOST_TEST(parser.read(R"({"rrname":"..","rrtype":"A"})").rejects.size() == 1);
    BOOST_TEST(parser.read(with("")).observations.at(0) == "example.com. A 192.0.2.1 1..1 x1");
    BOOST_TEST(parser.read(with(R"("sources":[{"origin":"o"}])")).observations.at(0) ==
               "example.com. A 192.0.2.1 1..1 x1 [|o|]");
    BOOST_TEST(parser.read(with("")).observations.at(0) == "example.com. A 192.0.2.1 1..1 x1");
}

BOOST_AUTO_TEST_CASE(good_members_of_a_bad_rrset_are_kept) {
    const Reading reading = TestParser().read(
        R"({"rrname":"a","rrtype":"A","rdata":["192.0.2.1","192.0.2.256",7,"192.0.2.2"],)"
        R"("time_first":1})");
    const std::vector<std::string> good = {"a. A 192.0.2.1 1..1 x1", "a. A 192.0.2.2 1..1 x1"};
    BOOST_TEST(reading.observations == good, boost::test_tools::per_element());
    BOOST_REQUIRE(reading.rejects.size() == 2);
    BOOST_TEST(reading.rejects[0].starts_with("bad rdata: "));
    BOOST_TEST(reading.rejects[0].ends_with(" (partial)"));
    BOOST_TEST(reading.rejects[1] == "bad rdata: not text (partial)");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named) {
    check_reject(R"({})", "no rrname");
    check_reject(R"({"rrname":"a"})", "no rrtype");
    check_reject(R"({"rrname":"a","rrtype":"A","rdata":"192.0.2.1"})",
                 "no time_first or time_last");
    check_reject(R"({"rrname":"a","rrtype":"A","time_first":1})", "no rdata");
    check_reject(R"({"rrname":"a","rrtype":"A","time_first":1,"rdata":[]})",
                 "no rdata: an empty list");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_rejected) {
    for (const std::string_view text :
         {"{", "nonsense", "{\"a\":}", "{\"rrname\":\"a\"} x", "{\"a\":\"\xff\"}", "\"",
          "{\"a\":\"\n\"}", "{\"count\":18446744073709551616}"}) {
        const Reading reading = TestParser().read(text);
        BOOST_REQUIRE(reading.rejects.size() == 1);
        BOOST_TEST(reading.rejects[0].starts_with("not JSON: "), reading.rejects[0]);
    }
    check_reject("[]", "not a JSON object");
    check_reject("7", "not a JSON object");
}

// A list takes an object to the parser of those that are not flat.
BOOST_AUTO_TEST_CASE(a_flat_object_is_read_as_any_other) {
    const std::vector<std::string> lines = {
        R"({"count":102,"time_first":1298412391,"time_last":1302506851,"rrname":"www.a.example.",)"
        R"("rrtype":"AAAA","rdata":"2001:db8::20","sensor_id":"here"})",
        R"({"rrname": "a.example", "rrtype": "TXT", "rdata": "\"v=spf1 -all\" \"b\\032\"", )"
        R"("time_first": 0, "zone_time_first": 7, "other": "x", "origin": "\\", "count": "9"})",
        R"({"rrname":"a","rrdata":"192.0.2.1","rrtype":1,"time_last":5,"count":null})",
        R"({"cond":"limited","msg":"\"enough\""})"};
    constexpr std::string_view pieces("\"\\{}[],: .-+0019eEntu/\t\n\0\x7f\xc3\xa4", 29);
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    TestParser flat;
    TestParser other;
    for (int round = 0; round < 20'000; ++round) {
        std::string line = lines[random() % lines.size()];
        for (auto changes = random() % 3; changes > 0; --changes) {
            const std::size_t place = random() % line.size();
            const std::size_t taken = random() % 3;
            std::string given(random() % 3, pieces[random() % pieces.size()]);
            if (random() % 8 == 0) given = line.substr(random() % line.size(), random() % 20);
            line.replace(place, taken, given);
            if (line.empty()) line = "{}";
        }
        if (!line.starts_with("{\"")) continue;
        const Reading as_flat = flat.read(line);
        const Reading as_other = other.read("{\"list\":[]," + line.substr(1));
        BOOST_TEST_REQUIRE(as_flat.observations == as_other.observations,
                           "seed " << seed << ": " << line);
        BOOST_TEST_REQUIRE(as_flat.rejects == as_other.rejects, "seed " << seed << ": " << line);
        BOOST_TEST_REQUIRE(as_flat.framing.has_value() == as_other.framing.has_value());
        if (as_flat.framing) {
            BOOST_TEST_REQUIRE(as_flat.framing->message == as_other.framing->message);
        }
    }
}

// A mebibyte of hostile JSON stays a mebibyte of work.
BOOST_AUTO_TEST_CASE(one_element_does_not_become_millions) {
    std::string item = R"({"rrname":"a","rrtype":"A","time_first":1,"time_last":4001,"runs":[)";
    for (int i = 0; i < 2000; ++i)
        item += "[" + std::to_string(2 * i + 1) + "," + std::to_string(2 * i + 1) + "],";
    item += R"([4001,4001]],"rdata":["192.0.2.1")";
    for (int i = 0; i < 100; ++i)
        item += R"(,"192.0.2.1")";
    check_reject(item + "]}", "too many observations in one element");
    check_reject(std::string(100'000, '[') + std::string(100'000, ']'),
                 "not JSON: The JSON document was too deep (too many nested objects and arrays)");
}

BOOST_AUTO_TEST_CASE(saf_is_seen) {
    const Reading begin = TestParser().read(R"({"cond":"begin"})");
    BOOST_REQUIRE(begin.framing);
    BOOST_TEST((begin.framing->condition == SafCondition::begin));
    BOOST_TEST(begin.rejects.empty());

    const Reading limited = TestParser().read(R"({"cond":"limited","msg":"Result limit reached"})");
    BOOST_REQUIRE(limited.framing);
    BOOST_TEST((limited.framing->condition == SafCondition::limited));
    BOOST_TEST(limited.framing->message == "Result limit reached");

    const Reading message = TestParser().read(R"({"msg":"patience"})");
    BOOST_REQUIRE(message.framing);
    BOOST_TEST((message.framing->condition == SafCondition::ongoing));

    const Reading both = TestParser().read(R"({"cond":"ongoing","obj":)" + with("") + "}");
    BOOST_TEST(both.framing.has_value());
    BOOST_TEST(both.observations.size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
