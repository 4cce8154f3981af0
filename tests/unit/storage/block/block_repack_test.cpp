// Underfull blocks are rewritten as fewer, and hold what they held.
#include "storage/block/block_repack.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <string>

#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/block/block_store.hpp"

BOOST_AUTO_TEST_SUITE(block_repack_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(sparse_blocks_are_put_together) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (const std::size_t budget : {std::size_t{1}, std::size_t{1000}}) {
        test::BlockStore store;
        test::Map all;
        std::set<std::string> gone;
        for (int i = 0; i < 30000; ++i) {
            const std::size_t size = random() % 5000 == 0 ? 9000 : random() % 30;
            const std::string key = test::random_key(random) + std::to_string(i);
            all[key] = std::string(size, 'p');
            if (random() % 2 == 0) gone.insert(key);
        }
        store.set(all);
        BOOST_TEST(store.repack_all(budget) == 0U);  // filled by the first import
        store.remove_a_few_at_a_time(gone);
        for (const std::string& key : gone)
            all.erase(key);
        const std::size_t before = store.blocks();
        const std::size_t fewer = store.repack_all(budget);
        BOOST_TEST(fewer > before / 5);  // about a fourth, by the seed
        BOOST_TEST(store.blocks() == before - fewer);
        BOOST_TEST_REQUIRE((store.read() == all), "seed " << seed);
        // And what is written next finds its block.
        test::Map more;
        for (int i = 0; i < 2000; ++i)
            more[test::random_key(random)] = "more";
        store.set(more);
        for (const auto& [key, payload] : more)
            all[key] = payload;
        BOOST_TEST_REQUIRE((store.read() == all), "seed " << seed);
    }
}

BOOST_AUTO_TEST_SUITE_END()
