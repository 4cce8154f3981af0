#include "storage/text/time.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

BOOST_AUTO_TEST_SUITE(time_test)

using namespace dnshist;

namespace {

constexpr Seconds at(std::uint32_t second) {
    return {second};
}

constexpr Seconds noon_of_2020_08_31{1598875200};

// FIRST/LAST, or "none".
std::string period_text(std::string_view text, Seconds now = noon_of_2020_08_31) {
    const std::optional<Period> period = period_from_text(text, now);
    return period ? time_text(period->begin) + "/" + time_text(period->end) : "none";
}

std::string timestamp_text(std::string_view text) {
    const std::optional<Seconds> time = timestamp_from_text(text);
    return time ? time_text(*time) : "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(times_are_written_as_rfc_3339) {
    BOOST_TEST(time_text(at(0)) == "1970-01-01T00:00:00Z");
    BOOST_TEST(time_text(at(951782399)) == "2000-02-28T23:59:59Z");
    BOOST_TEST(time_text(at(951782400)) == "2000-02-29T00:00:00Z");
    BOOST_TEST(time_text(at(1559390400)) == "2019-06-01T12:00:00Z");
    BOOST_TEST(time_text(end_of_time) == "2106-02-07T06:28:15Z");
}

BOOST_AUTO_TEST_CASE(every_kind_of_time_reads_what_was_written) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937 random(seed);
        for (int i = 0; i < 20000; ++i) {
            const Seconds time{static_cast<std::uint32_t>(random())};
            const std::string text = time_text(time);
            BOOST_REQUIRE((period_from_text(text, at(0)) == Period{time, time}));
            BOOST_REQUIRE((timestamp_from_text(text) == time));
            const std::string epoch = std::to_string(time.since_epoch);
            BOOST_REQUIRE((period_from_text("@" + epoch, at(0)) == Period{time, time}));
            BOOST_REQUIRE((timestamp_from_text(epoch) == time));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_period_is_the_whole_year_month_or_day) {
    BOOST_TEST(period_text("2019") == "2019-01-01T00:00:00Z/2019-12-31T23:59:59Z");
    BOOST_TEST(period_text("2019-06") == "2019-06-01T00:00:00Z/2019-06-30T23:59:59Z");
    BOOST_TEST(period_text("2019-12") == "2019-12-01T00:00:00Z/2019-12-31T23:59:59Z");
    BOOST_TEST(period_text("2020-02") == "2020-02-01T00:00:00Z/2020-02-29T23:59:59Z");
    BOOST_TEST(period_text("2019-06-01") == "2019-06-01T00:00:00Z/2019-06-01T23:59:59Z");
    BOOST_TEST(period_text("20190601") == "2019-06-01T00:00:00Z/2019-06-01T23:59:59Z");
    BOOST_TEST(period_text("2019-06-01t12:00:00z") == "2019-06-01T12:00:00Z/2019-06-01T12:00:00Z");
    BOOST_TEST(period_text("1970") == "1970-01-01T00:00:00Z/1970-12-31T23:59:59Z");
    BOOST_TEST(period_text("2106") == "2106-01-01T00:00:00Z/2106-02-07T06:28:15Z");
    BOOST_TEST(period_text("2106-02-07") == "2106-02-07T00:00:00Z/2106-02-07T06:28:15Z");
}

BOOST_AUTO_TEST_CASE(ages_count_back_from_now) {
    BOOST_TEST(period_text("0s") == "2020-08-31T12:00:00Z/2020-08-31T12:00:00Z");
    BOOST_TEST(period_text("90s") == "2020-08-31T11:58:30Z/2020-08-31T11:58:30Z");
    BOOST_TEST(period_text("5m") == "2020-08-31T11:55:00Z/2020-08-31T11:55:00Z");
    BOOST_TEST(period_text("12H") == "2020-08-31T00:00:00Z/2020-08-31T00:00:00Z");
    BOOST_TEST(period_text("31d") == "2020-07-31T12:00:00Z/2020-07-31T12:00:00Z");
    BOOST_TEST(period_text("3w") == "2020-08-10T12:00:00Z/2020-08-10T12:00:00Z");
    BOOST_TEST(period_text("1mo") == "2020-07-31T12:00:00Z/2020-07-31T12:00:00Z");
    BOOST_TEST(period_text("2MO") == "2020-06-30T12:00:00Z/2020-06-30T12:00:00Z");
    BOOST_TEST(period_text("6mo") == "2020-02-29T12:00:00Z/2020-02-29T12:00:00Z");
    BOOST_TEST(period_text("18mo") == "2019-02-28T12:00:00Z/2019-02-28T12:00:00Z");
    BOOST_TEST(period_text("2y") == "2018-08-31T12:00:00Z/2018-08-31T12:00:00Z");
    BOOST_TEST(period_text("1y", at(1582934400)) == "2019-02-28T00:00:00Z/2019-02-28T00:00:00Z");
    // Four digits and a unit are an age, not a year.
    BOOST_TEST(period_text("2019d") == "2015-02-20T12:00:00Z/2015-02-20T12:00:00Z");
}

BOOST_AUTO_TEST_CASE(what_is_no_period_is_nothing) {
    for (const char* text : {"",
                             "20",
                             "201",
                             "201906",
                             "2019-",
                             "2019-00",
                             "2019-13",
                             "2019-6",
                             "2019-06-",
                             "2019-06-00",
                             "2019-06-31",
                             "2019-02-29",
                             "1900-02-29",
                             "20190229",
                             "2019060",
                             "201906011",
                             "2019-0601",
                             "201906-01",
                             "2019-06-01T",
                             "2019-06-01T12:00:00",
                             "2019-06-01T24:00:00Z",
                             "2019-06-01T12:60:00Z",
                             "2019-06-01T12:00:60Z",
                             "2019-06-01 12:00:00Z",
                             "20190601T12:00:00Z",
                             "2019-06-01T12:00:00Zx",
                             "1969",
                             "2107",
                             "2106-03",
                             "2106-02-08",
                             "2106-02-07T06:28:16Z",
                             "@",
                             "@-1",
                             "@4294967296",
                             "@99999999999999999999",
                             "@1x",
                             "d",
                             "90",
                             "90x",
                             "90 d",
                             "-90d",
                             "9999y",
                             "51y",
                             "99999999999999d",
                             "4294967295y",
                             "4294967295w",
                             "6mon",
                             " 2019",
                             "2019 "}) {
        BOOST_TEST(period_text(text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(timestamps_of_feeds_come_in_several_dresses) {
    BOOST_TEST(timestamp_text("2018-03-27 10:43:28") == "2018-03-27T10:43:28Z");
    BOOST_TEST(timestamp_text("2021-10-06 21:34:53.214684000") == "2021-10-06T21:34:53Z");
    BOOST_TEST(timestamp_text("2018-03-27T10:43:28.999Z") == "2018-03-27T10:43:28Z");
    BOOST_TEST(timestamp_text("2018-03-27t10:43:28z") == "2018-03-27T10:43:28Z");
    BOOST_TEST(timestamp_text("2018-03-27T10:43:28+02:00") == "2018-03-27T08:43:28Z");
    BOOST_TEST(timestamp_text("2018-03-27T22:43:28.1-0330") == "2018-03-28T02:13:28Z");
    BOOST_TEST(timestamp_text("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z");
    BOOST_TEST(timestamp_text("1522147408") == "2018-03-27T10:43:28Z");
    BOOST_TEST(timestamp_text("1522147408.869344") == "2018-03-27T10:43:28Z");
    BOOST_TEST(timestamp_text("2019") == "1970-01-01T00:33:39Z");
    for (const char* text :
         {"", "2018-03-27", "2018-03-27 10:43", "2018-03-27 10:43:28.", "2018-03-27 10:43:28 ",
          "2018-03-27 10:43:28+2", "2018-03-27 10:43:28+24:00", "2018-03-27 10:43:28+02:60",
          "2018-02-30 10:43:28", "2018-03-27X10:43:28", "1522147408.", "1522147408x", "4294967296",
          "-1", "1970-01-01T00:00:00+00:01", "2106-02-07T06:28:16Z", "1e9", "0x10"}) {
        BOOST_TEST(timestamp_text(text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(durations_have_a_unit_or_are_seconds) {
    BOOST_TEST(duration_from_text("30d").value() == 30U * 86400);
    BOOST_TEST(duration_from_text("2W").value() == 14U * 86400);
    BOOST_TEST(duration_from_text("1h").value() == 3600U);
    BOOST_TEST(duration_from_text("5m").value() == 300U);
    BOOST_TEST(duration_from_text("7s").value() == 7U);
    BOOST_TEST(duration_from_text("0").value() == 0U);
    BOOST_TEST(duration_from_text("4294967295").value() == 4294967295U);
    for (const char* text : {"", "d", "30x", "30dd", "-1", "4294967296", "49711d", "1mo", "1y"}) {
        BOOST_TEST(!duration_from_text(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(the_clock_shows_this_century) {
    BOOST_TEST((now_utc() > at(1700000000)));
    BOOST_TEST((now_utc() < end_of_time));
}

BOOST_AUTO_TEST_SUITE_END()
