// Sorting by pieces of keys gives the order that comparing whole keys gives.
#include "storage/base/key_sort.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "tests/support/random_seed.hpp"

BOOST_AUTO_TEST_SUITE(key_sort_test)

using namespace dnshist;

namespace {

void expect_sorted(std::vector<std::string> keys, std::uint64_t seed) {
    std::vector<std::string> expected = keys;
    std::ranges::sort(expected, [](const std::string& a, const std::string& b) {
        return compare(as_octets(a), as_octets(b)) < 0;
    });
    sort_by_key(keys, [](const std::string& key) { return as_octets(key); });
    BOOST_TEST_REQUIRE((keys == expected), "seed " << seed);
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_and_one_are_sorted) {
    expect_sorted({}, 0);
    expect_sorted({"one"}, 0);
}

BOOST_AUTO_TEST_CASE(orders_as_whole_keys_compare) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::string> keys;
        const auto number = random() % 400;
        for (std::uint64_t i = 0; i < number; ++i) {
            // Long shared beginnings, octets on both sides of 128, repeats.
            std::string key(random() % 3 * 15, 'k');
            for (auto left = random() % 20; left > 0; --left) {
                key += static_cast<char>(random() % 2 == 0 ? random() % 256 : 'k');
            }
            keys.push_back(key);
        }
        expect_sorted(keys, seed);
    }
}

BOOST_AUTO_TEST_CASE(zeros_at_the_end_count) {
    std::vector<std::string> keys;
    for (std::size_t zeros = 60; zeros > 0; --zeros)
        keys.push_back("a" + std::string(zeros, '\0'));
    for (std::size_t zeros = 60; zeros > 0; --zeros)
        keys.push_back(std::string(zeros, '\0'));
    expect_sorted(keys, 0);
}

BOOST_AUTO_TEST_SUITE_END()
