// Globs, and what is wrong with some.
#include "storage/search/glob.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(glob_test)

using namespace dnshist;

namespace {

BOOST_AUTO_TEST_CASE(a_glob_matches_the_whole_text) {
    BOOST_TEST(glob_matches("pay*", "paypal.com"));
    BOOST_TEST(!glob_matches("pay", "paypal.com"));
    BOOST_TEST(glob_matches("*pal*", "paypal.com"));
    BOOST_TEST(glob_matches("*a*b*c", "xaxbxbxc"));
    BOOST_TEST(!glob_matches("*a*b*c", "xaxbxbxd"));
    BOOST_TEST(glob_matches("**", ""));
    BOOST_TEST(!glob_matches("?", ""));
    BOOST_TEST(glob_matches("p?y", "pay"));
}

BOOST_AUTO_TEST_CASE(a_set_stands_for_one_octet) {
    BOOST_TEST(glob_matches("[a-cx]1", "b1"));
    BOOST_TEST(glob_matches("[a-cx]1", "x1"));
    BOOST_TEST(!glob_matches("[!a-c]1", "b1"));
    BOOST_TEST(glob_matches("[^a-c]1", "d1"));
    BOOST_TEST(glob_matches("[]]x", "]x"));
    BOOST_TEST(glob_matches("[a-]", "-"));
    BOOST_TEST(!glob_matches("[a-]", "b"));
}

BOOST_AUTO_TEST_CASE(stars_in_a_row_cost_no_more_than_length_times_length) {
    const std::string text(255, 'a');
    BOOST_TEST(!glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

BOOST_AUTO_TEST_CASE(problems_are_found) {
    BOOST_TEST(glob_problem("*a").empty());
    BOOST_TEST(!glob_problem("").empty());
    BOOST_TEST(!glob_problem("***").empty());
    for (const char* const open : {"[", "[]", "[!", "[!]", "[a", "x[^]"})
        BOOST_TEST(glob_problem(open) == "has a '[' without ']'", open);
    BOOST_TEST(!glob_problem("[z-a]").empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
