// Erasing ranges of keys, against a map in memory.
#include "storage/level/range_erase.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <random>
#include <string>

#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/block/block_store.hpp"

BOOST_AUTO_TEST_SUITE(range_erase_test)

using namespace dnshist;

namespace {

void erase(test::BlockStore& store, const std::string& lower,
           const std::optional<std::string>& upper) {
    lmdb::Transaction transaction(store.environment, 0);
    SymbolTables tables(transaction, store.symbols, 't');
    erase_range({transaction, store.database, tables}, store.environment.page_size(),
                as_octets(lower), upper ? std::optional<Octets>(as_octets(*upper)) : std::nullopt);
    transaction.commit();
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_in_the_range_goes_and_nothing_else) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    test::BlockStore store;
    test::Map expected;
    for (int round = 0; round < 40; ++round) {
        test::Map more;
        for (int i = 0; i < 2000; ++i)
            more[test::random_key(random)] = std::string(random() % 30, 'p');
        store.set(more);
        more.insert(expected.begin(), expected.end());
        expected = store.read();
        BOOST_TEST_REQUIRE(expected.size() == more.size(), "seed " << seed);
        std::string lower = test::random_key(random).substr(0, 511);
        std::optional<std::string> upper = test::random_key(random).substr(0, 511);
        if (*upper < lower) std::swap(lower, *upper);
        if (round % 5 == 0) lower = std::string(1, '\0');
        if (round % 5 <= 1) upper.reset();
        erase(store, lower, upper);
        std::erase_if(expected, [&](const auto& entry) {
            return entry.first >= lower && (!upper || entry.first < *upper);
        });
        BOOST_TEST_REQUIRE((store.read() == expected), "seed " << seed);
        store.expect_sound();
    }
}

BOOST_AUTO_TEST_SUITE_END()
