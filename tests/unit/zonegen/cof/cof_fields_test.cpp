// The fields of COF in every form that feeds have, and what is wrong in them.
#include "zonegen/cof/cof_fields.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/zonegen/cof/shown_items.hpp"

BOOST_AUTO_TEST_SUITE(cof_fields_test)

using namespace dnshist;
using namespace dnshist::zonegen;

BOOST_AUTO_TEST_CASE(types_may_be_numbers) {
    check(R"({"rrname":".","rrtype":2,"rdata":"a.example","time_first":1})",
          {". NS a.example. 1..1 x1"});
    check(R"({"rrname":".","rrtype":"2","rdata":"a.example","time_first":1})",
          {". NS a.example. 1..1 x1"});
    check(R"({"rrname":".","rrtype":"type2","rdata":"a.example","time_first":1})",
          {". NS a.example. 1..1 x1"});
    check(R"({"rrname":"a","rrtype":65280,"rdata":"\\# 1 ff","time_first":1})",
          {"a. TYPE65280 \\# 1 FF 1..1 x1"});
}

BOOST_AUTO_TEST_CASE(times_may_be_text_or_have_fractions) {
    check(with(R"("time_first":"10","time_last":"20")"), {"example.com. A 192.0.2.1 10..20 x1"});
    check(with(R"("time_first":10.9,"time_last":20.999)"), {"example.com. A 192.0.2.1 10..20 x1"});
    check(with(R"("time_first":"2018-03-27T10:43:28.9Z","time_last":"2018-03-27 10:43:29")"),
          {"example.com. A 192.0.2.1 1522147408..1522147409 x1"});
    check(with(R"("time_first":1,"time_last":4294967295)"),
          {"example.com. A 192.0.2.1 1..4294967295 x1"});
}

BOOST_AUTO_TEST_CASE(the_time_0_is_none) {
    check(with(R"("time_first":0,"time_last":10)"), {"example.com. A 192.0.2.1 10..10 x1"});
    check(with(R"("time_first":10,"time_last":"0")"), {"example.com. A 192.0.2.1 10..10 x1"});
    check(with(R"("time_first":0,"time_last":0,"zone_time_first":10)"),
          {"example.com. A 192.0.2.1 10..10 x1 zone"});
    check_reject(with(R"("time_first":0,"time_last":"1970-01-01T00:00:00Z")"),
                 "no time_first or time_last");
}

BOOST_AUTO_TEST_CASE(one_time_is_both_and_no_count_is_one) {
    check(with(R"("time_first":10)"), {"example.com. A 192.0.2.1 10..10 x1"});
    check(R"({"rrname":"a","rrtype":"A","rdata":"192.0.2.1","time_last":10})",
          {"a. A 192.0.2.1 10..10 x1"});
    check(with(R"("count":null,"time_first":10,"time_last":null)"),
          {"example.com. A 192.0.2.1 10..10 x1"});
}

BOOST_AUTO_TEST_CASE(counts_may_be_text_floats_and_large) {
    check(with(R"("count":"18446744073709551615")"),
          {"example.com. A 192.0.2.1 1..1 x18446744073709551615"});
    check(with(R"("count":18446744073709551615)"),
          {"example.com. A 192.0.2.1 1..1 x18446744073709551615"});
    check(with(R"("count":12.0)"), {"example.com. A 192.0.2.1 1..1 x12"});
    check(with(R"("count":0)"), {"example.com. A 192.0.2.1 1..1 x0"});
}

BOOST_AUTO_TEST_CASE(times_in_zone_files_are_a_visibility_of_their_own) {
    check(R"({"rrname":"a","rrtype":"A","rdata":"192.0.2.1","count":5,"zone_time_first":10,)"
          R"("zone_time_last":20})",
          {"a. A 192.0.2.1 10..20 x5 zone"});
    check(with(R"("count":5,"zone_time_first":10,"zone_time_last":20)"),
          {"example.com. A 192.0.2.1 1..1 x5", "example.com. A 192.0.2.1 10..20 x0 zone"});
    check(with(R"("count":5,"zone_count":7,"zone_time_first":10,"zone_time_last":20)"),
          {"example.com. A 192.0.2.1 1..1 x5", "example.com. A 192.0.2.1 10..20 x7 zone"});
}

BOOST_AUTO_TEST_CASE(sources_are_kept) {
    check(with(R"("sensor_id":"s1","origin":"https://o.example/","bailiwick":"COM")"),
          {"example.com. A 192.0.2.1 1..1 x1 [s1|https://o.example/|com.]"});
    check(with(R"("sensor_id":17)"), {"example.com. A 192.0.2.1 1..1 x1 [17||]"});
    check(
        with(R"("sources":[{"sensor_id":"s1"},{"sensor_id":"s2","bailiwick":"com."}],"count":3)"),
        {"example.com. A 192.0.2.1 1..1 x3 [s1||]", "example.com. A 192.0.2.1 1..1 x0 [s2||com.]"});
}

BOOST_AUTO_TEST_CASE(a_sensor_is_given_to_what_names_none) {
    TestParser parser("ours");
    BOOST_TEST(parser.read(with("")).observations.at(0) ==
               "example.com. A 192.0.2.1 1..1 x1 [ours||]");
    BOOST_TEST(parser.read(with(R"("origin":"o")")).observations.at(0) ==
               "example.com. A 192.0.2.1 1..1 x1 [ours|o|]");
    BOOST_TEST(parser.read(with(R"("sensor_id":"theirs")")).observations.at(0) ==
               "example.com. A 192.0.2.1 1..1 x1 [theirs||]");
}

BOOST_AUTO_TEST_CASE(bad_names_and_types_are_rejected) {
    BOOST_TEST(TestParser().read(R"({"rrname":"a..b"})").rejects.at(0).starts_with("bad rrname: "));
    check_reject(R"({"rrname":7})", "bad rrname: not text");
    check_reject(R"({"rrname":" a"})", "bad rrname: a blank around it: ' a'");
    check_reject(R"({"rrname":"a "})", "bad rrname: a blank around it: 'a '");
    check_reject(R"({"rrname":"a","rrtype":"FOO"})", "bad rrtype: 'FOO' is no record type");
    check_reject(R"({"rrname":"a","rrtype":"\u001b[2J"})",
                 "bad rrtype: '\\027[2J' is no record type");
    check_reject(R"({"rrname":"a","rrtype":65536})",
                 "bad rrtype: a number that is not from 1 to 65535");
    check_reject(R"({"rrname":"a","rrtype":0})",
                 "bad rrtype: a number that is not from 1 to 65535");
    check_reject(R"({"rrname":"a","rrtype":-1})", "bad rrtype: neither text nor a number");
    check_reject(R"({"rrname":"a","rrtype":"ANY"})", "bad rrtype: ANY is no type of a record");
    check_reject(R"({"rrname":"a","rrtype":41})", "bad rrtype: OPT is no type of a record");
    check_reject(R"({"rrname":"a","rrtype":"TYPE0"})", "bad rrtype: TYPE0 is no type of a record");
    check_reject(R"({"rrname":"a","rrtype":"A","rrclass":"CH"})", "class other than IN: 'CH'");
}

BOOST_AUTO_TEST_CASE(bad_times_are_rejected) {
    check_reject(with(R"("time_first":2,"time_last":1)"),
                 "bad time: time_first is after time_last");
    check_reject(with(R"("time_first":-1)"), "bad time: time_first is before 1970");
    check_reject(with(R"("time_first":-0.5)"), "bad time: time_first is before 1970");
    check_reject(with(R"("time_first":1531249383000)"),
                 "bad time: time_first 1531249383000 is too large: are these milliseconds? "
                 "Seconds are expected");
    check_reject(with(R"("time_first":"1531249383000")"),
                 "bad time: time_first 1531249383000 is too large: are these milliseconds? "
                 "Seconds are expected");
    check_reject(with(R"("time_first":4294967296000000)"),
                 "bad time: time_first 4294967296000000 is beyond the year 2106");
    check_reject(with(R"("time_first":1e300)"), "bad time: time_first is beyond the year 2106");
    check_reject(with(R"("time_first":"yesterday")"),
                 "bad time: time_first is no time: 'yesterday'");
    check_reject(with(R"("time_first":true)"), "bad time: time_first is neither a number nor text");
}

BOOST_AUTO_TEST_CASE(bad_counts_are_rejected) {
    check_reject(with(R"("count":-1)"), "bad count: count is negative");
    check_reject(with(R"("count":1.5)"), "bad count: count is no whole number of 64 bits");
    check_reject(with(R"("count":1e30)"), "bad count: count is no whole number of 64 bits");
    check_reject(with(R"("count":"18446744073709551616")"),
                 "bad count: count is no whole number of 64 bits '18446744073709551616'");
    check_reject(with(R"("count":[])"), "bad count: count is neither a number nor text");
}

BOOST_AUTO_TEST_CASE(bad_sources_are_rejected) {
    check_reject(with(R"("origin":{})"), "bad sensor_id, origin or bailiwick: origin is no text");
    check_reject(with(R"("origin":")" + std::string(1025, 'o') + '"'),
                 "bad sensor_id, origin or bailiwick: origin is too long");
    check_reject(with(R"("sources":{})"), "bad sensor_id, origin or bailiwick: sources is no list");
}

BOOST_AUTO_TEST_SUITE_END()
