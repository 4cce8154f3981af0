#include "storage/text/quote.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(quote_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(what_is_not_printable_is_escaped) {
    BOOST_TEST(quote("") == "''");
    BOOST_TEST(quote("a'b\r\x80") == "'a'b\\013\\128'");
}

BOOST_AUTO_TEST_CASE(what_is_long_is_cut) {
    BOOST_TEST(quote(std::string(80, 'x')) == "'" + std::string(80, 'x') + "'");
    BOOST_TEST(quote(std::string(1000, 'x')) == "'" + std::string(80, 'x') + "...'");
    BOOST_TEST(quote(std::string(1000, '\0')).size() == 1U + 80 * 4 + 3 + 1);
}

BOOST_AUTO_TEST_SUITE_END()
