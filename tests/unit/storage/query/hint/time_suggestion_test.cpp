// Suggestions for malformed times.
#include "storage/query/hint/time_suggestion.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(time_suggestion_test)

using namespace dnshist;

namespace {

std::string suggestion(std::string_view text) {
    std::array<char, 64> room;
    TextWriter out(room);
    write_time_suggestion(out, text, Seconds{1767225600});  // 2026-01-01T00:00:00Z
    return std::string(out.text());
}

BOOST_AUTO_TEST_CASE(dates_of_other_forms) {
    BOOST_TEST(suggestion("2019-6") == "2019-06");
    BOOST_TEST(suggestion("2019-6-1") == "2019-06-01");
    BOOST_TEST(suggestion("2019/06/01") == "2019-06-01");
    BOOST_TEST(suggestion("2019_06") == "2019-06");
    BOOST_TEST(suggestion("01.06.2019") == "2019-06-01");
    BOOST_TEST(suggestion("06-31-2019") == "2019-06-30");
    BOOST_TEST(suggestion("2019-06-01t12") == "2019-06-01T12:00:00Z");
    BOOST_TEST(suggestion("2019-06-01t12:30") == "2019-06-01T12:30:00Z");
    BOOST_TEST(suggestion("2019-06-01t12:30:15") == "2019-06-01T12:30:15Z");
}

BOOST_AUTO_TEST_CASE(days_that_no_calendar_has) {
    BOOST_TEST(suggestion("2019-13") == "2019-12");
    BOOST_TEST(suggestion("2019-00-10") == "2019-01-10");
    BOOST_TEST(suggestion("2019-02-30") == "2019-02-28");
    BOOST_TEST(suggestion("2020-02-30") == "2020-02-29");
    BOOST_TEST(suggestion("20191301") == "2019-12-01");
    BOOST_TEST(suggestion("201906") == "2019-06");
    BOOST_TEST(suggestion("2019-06-01t24:00:00z") == "2019-06-01T23:59:59Z");
    BOOST_TEST(suggestion("2019-06-01t25:61:61z") == "2019-06-01T23:59:59Z");
}

BOOST_AUTO_TEST_CASE(ages_in_words) {
    BOOST_TEST(suggestion("90days") == "90d");
    BOOST_TEST(suggestion("1-week") == "1w");
    BOOST_TEST(suggestion("6months") == "6mo");
    BOOST_TEST(suggestion("30minutes") == "30m");
    BOOST_TEST(suggestion("2yrs") == "2y");
    BOOST_TEST(suggestion("today") == "2026-01-01");
    BOOST_TEST(suggestion("now") == "2026-01-01");
    BOOST_TEST(suggestion("yesterday") == "2025-12-31");
    BOOST_TEST(suggestion("90") == "90d");
}

BOOST_AUTO_TEST_CASE(seconds_without_their_mark) {
    BOOST_TEST(suggestion("1559347200") == "@1559347200");
}

BOOST_AUTO_TEST_CASE(nothing_near) {
    for (const char* text : {"", "-", "foo", "x2019", "99999999999", "1066", "2200-01-01", "9999y",
                             "2019-06-01z2019", "\xff"}) {
        BOOST_TEST_INFO(text);
        const std::string found = suggestion(text);
        BOOST_TEST((found.empty() || period_from_text(found, Seconds{1767225600}).has_value()));
    }
    BOOST_TEST(suggestion("foo").empty());
    BOOST_TEST(suggestion("1969").empty());
    BOOST_TEST(suggestion("").empty());
    BOOST_TEST(suggestion("9999y").empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
