#include "storage/base/octet_search.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

BOOST_AUTO_TEST_SUITE(octet_search_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(octets_are_found_where_they_begin_first) {
    std::mt19937_64 random(1);
    for (int turn = 0; turn < 3000; ++turn) {
        std::string in;
        for (std::size_t size = random() % 700; size > 0; --size)
            in += static_cast<char>('a' + random() % 3);
        std::string wanted;
        for (std::size_t size = 1 + random() % 9; size > 0; --size)
            wanted += static_cast<char>('a' + random() % 3);
        const std::size_t expected = in.find(wanted);
        BOOST_TEST_REQUIRE(find_octets(as_octets(in), as_octets(wanted)) ==
                           (expected == std::string::npos ? not_found : expected));
    }
    BOOST_TEST(find_octets({}, as_octets("abc")) == not_found);
}

BOOST_AUTO_TEST_SUITE_END()
