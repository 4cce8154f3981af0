#include "storage/text/edit_distance.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(edit_distance_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(additions_omissions_and_changes_count_one_each) {
    BOOST_TEST(edit_distance("", "") == 0U);
    BOOST_TEST(edit_distance("pivot", "pivot") == 0U);
    BOOST_TEST(edit_distance("", "mx") == 2U);
    BOOST_TEST(edit_distance("mx", "mxx") == 1U);
    BOOST_TEST(edit_distance("pivots", "pivot") == 1U);
    BOOST_TEST(edit_distance("pvot", "pivot") == 1U);
    BOOST_TEST(edit_distance("pavot", "pivot") == 1U);
    BOOST_TEST(edit_distance("kitten", "sitting") == 3U);
    BOOST_TEST(edit_distance("histroy", "history") == 2U);  // a swap is two changes
}

BOOST_AUTO_TEST_CASE(long_texts_are_compared_up_to_a_limit) {
    const std::string longest(max_compared, 'x');
    BOOST_TEST(edit_distance(longest, longest.substr(1)) == 1U);
    BOOST_TEST(edit_distance(longest, std::string(max_compared, 'y')) == max_compared);
    BOOST_TEST(edit_distance(longest + "x", longest + "x") == max_compared + 1);
}

BOOST_AUTO_TEST_SUITE_END()
