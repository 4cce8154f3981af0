// Every form of COF that feeds have, and every way in which they break it.
#include "zonegen/cof/cof_parser.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "storage/record/rdata.hpp"
#include "tests/support/random_seed.hpp"
#include "zonegen/feed/feed.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

// "OWNER TYPE RDATA FIRST..LAST xCOUNT", then "zone" and the source where there are.
std::string shown(const Observation& seen) {
    std::string text =
        Name::from_wire(seen.owner)->text() + ' ' + rrtype_text(seen.type) + ' ' +
        rdata_text(seen.type, seen.rdata) + ' ' + std::to_string(seen.seen.begin.since_epoch) +
        ".." + std::to_string(seen.seen.end.since_epoch) + " x" + std::to_string(seen.count);
    if (seen.witness == Witness::zone) text += " zone";
    if (seen.source != nullptr) {
        text += " [" + seen.source->sensor_id + '|' + seen.source->origin + '|' +
                seen.source->bailiwick + ']';
    }
    return text;
}

std::string shown(const Reject& reject) {
    std::string text = std::string(reason_text(reject.reason));
    if (!reject.detail.empty()) text += ": " + reject.detail;
    if (reject.partial) text += " (partial)";
    return text;
}

struct Reading {
    std::vector<std::string> observations;
    std::vector<std::string> rejects;
    std::optional<CofParser::Framing> framing;
};

class TestParser {
  public:
    explicit TestParser(std::string sensor = {})
        : parser_([this](const Observation& seen) { now_.observations.push_back(shown(seen)); },
                  [this](const Reject& reject) { now_.rejects.push_back(shown(reject)); },
                  std::move(sensor)) {}

    Reading read(std::string_view item) {
        now_ = {};
        std::string padded(item);
        padded.append(Feed::padding_octets, '\0');
        now_.framing = parser_.read(std::string_view(padded).substr(0, item.size()));
        return now_;
    }

  private:
    Reading now_;
    CofParser parser_;
};

void check(std::string_view item, const std::vector<std::string>& observations) {
    const Reading reading = TestParser().read(item);
    BOOST_TEST(reading.observations == observations, boost::test_tools::per_element());
    BOOST_TEST(reading.rejects.empty(),
               item << ": " << (reading.rejects.empty() ? "" : reading.rejects.front()));
}

void check_reject(std::string_view item, const std::string& reject) {
    const Reading reading = TestParser().read(item);
    BOOST_TEST(reading.observations.empty(), item);
    BOOST_TEST(reading.rejects == std::vector{reject}, boost::test_tools::per_element());
}

// A good record, but for one field.
std::string with(std::string_view field) {
    std::string text = R"({"rrname":"example.com","rrtype":"A","rdata":"192.0.2.1")";
    if (field.find("\"time_first\"") == std::string_view::npos) text += R"(,"time_first":1)";
    if (!field.empty()) text += ',' + std::string(field);
    return text + '}';
}

}  // namespace

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

// What the last item had is remembered, and must not show in the next.
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
