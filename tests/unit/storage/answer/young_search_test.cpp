// Searches where all is in the young level, which has an index of its own.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "storage/base/sealed.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/answer/searches.hpp"

BOOST_AUTO_TEST_SUITE(young_search_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

struct YoungStore {
    const std::uint64_t seed = random_seed();
    std::mt19937_64 random{seed};
    TemporaryDirectory directory;
    HistoryWriter::Options options;  // with an index

    YoungStore() { options.search = true; }
};

std::uint64_t work_to_find_nothing(const std::filesystem::path& directory) {
    Asked asked(directory);
    asked.pages("like-*nothing-has-this*.names");
    return asked.spent();
}

}  // namespace

// With blocks that are split, put together and removed.
BOOST_FIXTURE_TEST_CASE(the_young_level_has_an_index_of_its_own, YoungStore) {
    {
        HistoryWriter writer(directory.path(), options);
        for (unsigned batch = 0; batch < 8; ++batch)
            import(writer, random_records(random, 300));
        expect_same(directory.path(), seed);
        PruneProgress progress;
        while (!progress.done())
            writer.prune({Seconds{1'560'000'000}, {}, {}}, progress, now);
        BOOST_TEST(indexes(directory.path()).empty());
        expect_same(directory.path(), seed);
    }
    expect_clean(directory.path());
    BOOST_TEST(work_to_find_nothing(directory.path()) < 100U);
    // A writer without it leaves none behind, and one with it makes it for all blocks.
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, random_records(random, 100));
    }
    BOOST_TEST(work_to_find_nothing(directory.path()) > 200U);
    HistoryWriter(directory.path(), options);
    expect_clean(directory.path());
    expect_same(directory.path(), seed);
    BOOST_TEST(work_to_find_nothing(directory.path()) < 100U);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_index_of_the_young_level_is_done_without, YoungStore) {
    {
        HistoryWriter writer(directory.path(), options);
        import(writer, random_records(random, 1500));
    }
    {
        lmdb::Environment environment(directory.path(), MDB_NOTLS, usual_reserve,
                                      store_meta::databases, store_meta::max_readers);
        lmdb::Transaction transaction(environment, 0);
        const MDB_dbi grams = *transaction.open_database(store_meta::names_grams_database, false);
        std::vector<std::vector<std::uint8_t>> keys;
        {
            lmdb::Cursor cursor(transaction, grams);
            for (bool any = cursor.first(); any; any = cursor.next())
                keys.emplace_back(cursor.key().begin(), cursor.key().end());
        }
        BOOST_TEST_REQUIRE(keys.size() > 6U);
        const auto change = [&](const auto& key, const auto& act) {
            const Octets stored = *transaction.get(grams, key);
            std::vector<std::uint8_t> value(stored.begin(), stored.end());
            act(value);
            transaction.put(grams, key, value);
        };
        change(keys[1], [](auto& value) { value[20] ^= 0x40U; });
        change(keys[3], [](auto& value) { value.resize(100); });
        change(keys[4], [](auto& value) { value.assign(checksum_octets + 512, 0); });
        transaction.commit();
    }
    expect_same(directory.path(), seed);
    std::vector<std::string> said;
    check_store(directory.path(), [&](const std::string& where, const std::string& what) {
        said.push_back(where + ": " + what);
    });
    BOOST_TEST_REQUIRE(said.size() == 1U);
    BOOST_TEST(said[0].find("'dnshist-zonegen index' makes it anew") != std::string::npos);
    HistoryWriter(directory.path(), options).rebuild_search([](std::size_t, std::size_t) {
        return true;
    });
    expect_clean(directory.path());
    expect_same(directory.path(), seed);
}

BOOST_AUTO_TEST_SUITE_END()
