#include "zonegen/console/progress.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(progress_test)

using namespace dnshist;
using namespace dnshist::zonegen;

BOOST_AUTO_TEST_CASE(octets_are_told_in_powers_of_ten) {
    BOOST_TEST(octets_text(0) == "0 octets");
    BOOST_TEST(octets_text(999) == "999 octets");
    BOOST_TEST(octets_text(1000) == "1.0 kB");
    BOOST_TEST(octets_text(12'400'000) == "12.4 MB");
    BOOST_TEST(octets_text(3'210'000'000'000'000) == "3210.0 TB");
}

BOOST_AUTO_TEST_CASE(tells_how_far_how_fast_and_how_long) {
    BOOST_TEST(
        progress_text(
            "feed",
            {.octets = 25'000'000, .total = 100'000'000, .observations = 600'000, .seconds = 2}) ==
        "feed: 25.0 MB of 100.0 MB (25 %), 300000 observations/s, 0:06 left");
}

// Half of it was read before: the rate is that of the other half.
BOOST_AUTO_TEST_CASE(a_resumed_feed_is_not_faster_than_it_is) {
    BOOST_TEST(progress_text("feed", {.octets = 75'000'000,
                                      .total = 100'000'000,
                                      .observations = 10,
                                      .seconds = 3661,
                                      .octets_before = 50'000'000}) ==
               "feed: 75.0 MB of 100.0 MB (75 %), 0 observations/s, 1:01:01 left");
}

BOOST_AUTO_TEST_CASE(a_pipe_has_no_size) {
    BOOST_TEST(progress_text("-", {.octets = 1'000, .observations = 10, .seconds = 1}) ==
               "-: 1.0 kB, 10 observations/s");
}

BOOST_AUTO_TEST_SUITE_END()
