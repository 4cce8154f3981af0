// A prefetched seek finds what any other seek finds.
#include "storage/block/block_cursor.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/block/block_store.hpp"
#include "tests/unit/storage/block/memory_blocks.hpp"

BOOST_AUTO_TEST_SUITE(block_cursor_test)

using namespace dnshist;

namespace {

const BlockDamage expect_none = [](Octets, const char* fault) { BOOST_ERROR(fault); };

// The next two keys.
std::vector<std::string> two_keys(BlockCursor& cursor) {
    std::vector<std::string> keys;
    while (keys.size() < 2 && cursor.next())
        keys.emplace_back(as_text(cursor.key()));
    return keys;
}

test::Map random_entries(std::mt19937_64& random, std::size_t count) {
    test::Map entries;
    for (std::size_t i = 0; i < count; ++i)
        entries[test::random_key(random)] = std::string(random() % 30, 'p');
    return entries;
}

}  // namespace

BOOST_AUTO_TEST_CASE(prefetched_seeks_find_what_others_find) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::BlockStore store;
    store.set(random_entries(random, 20000));
    lmdb::Transaction transaction(store.environment, MDB_RDONLY);
    SymbolTables tables(transaction, store.symbols, 't');
    const BlockDatabase database{transaction, store.database, tables};
    BlockCursor cursor(database, expect_none);
    BlockCursor plain(database, expect_none);
    for (int round = 0; round < 200; ++round) {
        std::array<std::string, 8> keys;
        std::array<Prefetch, 8> seeks;
        std::array<Prefetch*, 8> batch{};
        for (std::size_t i = 0; i < keys.size(); ++i) {
            keys[i] = test::random_key(random);
            seeks[i].set_target(as_octets(keys[i]));
            seeks[i].clear();
            seeks[i].add_place();
            batch[i] = &seeks[i];
        }
        cursor.prefetch(batch, 0);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            plain.seek(as_octets(keys[i]));
            const auto expected = two_keys(plain);
            cursor.seek(as_octets(keys[i]), seeks[i].place(0));
            BOOST_TEST_REQUIRE((two_keys(cursor) == expected), "seed " << seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_prefetch_is_of_one_state_of_the_database) {
    test::BlockStore store;
    store.set({{"b", "old"}});
    lmdb::Transaction transaction(store.environment, MDB_RDONLY);
    SymbolTables tables(transaction, store.symbols, 't');
    BlockCursor cursor({transaction, store.database, tables}, expect_none);
    Prefetch seek;
    seek.set_target(as_octets("a"));
    seek.add_place();
    const std::array<Prefetch*, 1> batch = {&seek};
    cursor.prefetch(batch, 0);
    transaction.reset();
    store.set({{"a", "new"}});
    transaction.renew();
    cursor.renew();
    cursor.seek(as_octets("a"), seek.place(0));
    BOOST_TEST((two_keys(cursor) == std::vector<std::string>{"a", "b"}));
}

// What is behind damage is found, in the same block and in the next.
BOOST_AUTO_TEST_CASE(goes_on_behind_a_damaged_segment) {
    test::BlockStore store;
    test::Map entries;
    for (unsigned i = 10'000; i < 12'000; ++i)
        entries[std::to_string(i)] = std::string(20, 'p');
    store.set(entries);
    {
        lmdb::Transaction transaction(store.environment, 0);
        std::vector<std::uint8_t> key;
        std::vector<std::uint8_t> block;
        {
            lmdb::Cursor cursor(transaction, store.database);
            BOOST_REQUIRE(cursor.first());
            key.assign(cursor.key().begin(), cursor.key().end());
            block.assign(cursor.value().begin(), cursor.value().end());
            BOOST_REQUIRE(cursor.next());  // there are several
        }
        block[block.size() / 2] ^= 1;
        transaction.put(store.database, key, block);
        transaction.commit();
    }
    lmdb::Transaction transaction(store.environment, MDB_RDONLY);
    SymbolTables tables(transaction, store.symbols, 't');
    std::size_t damaged = 0;
    const BlockDamage count = [&](Octets, const char*) { ++damaged; };
    BlockCursor cursor({transaction, store.database, tables}, count);
    cursor.seek({});
    std::size_t found = 0;
    std::string last;
    for (; cursor.next(); ++found)
        last = as_text(cursor.key());
    BOOST_TEST(damaged == 1U);
    BOOST_TEST(found < entries.size());
    BOOST_TEST(found > entries.size() / 2);
    BOOST_TEST(last == "11999");
}

BOOST_AUTO_TEST_CASE(a_source_may_be_anything_that_finds_blocks) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    const test::Map entries = random_entries(random, 2000);
    test::MemoryBlocks memory(entries);
    BlockCursor cursor(memory.source(), memory.symbols, expect_none);
    for (int round = 0; round < 1000; ++round) {
        const std::string key = round == 0 ? "" : test::random_key(random);
        std::vector<std::string> expected;
        for (auto next = entries.lower_bound(key); next != entries.end() && expected.size() < 2;)
            expected.push_back(next++->first);
        cursor.seek(as_octets(key));
        BOOST_TEST_REQUIRE((two_keys(cursor) == expected), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_found_in_a_database_without_blocks) {
    test::BlockStore store;
    lmdb::Transaction transaction(store.environment, MDB_RDONLY);
    SymbolTables tables(transaction, store.symbols, 't');
    BlockCursor cursor({transaction, store.database, tables}, expect_none);
    Prefetch seek;
    seek.set_target(as_octets("a"));
    seek.add_place();
    const std::array<Prefetch*, 1> batch = {&seek};
    cursor.prefetch(batch, 0);
    cursor.seek(as_octets("a"), seek.place(0));
    BOOST_TEST(!cursor.next());
}

BOOST_AUTO_TEST_SUITE_END()
