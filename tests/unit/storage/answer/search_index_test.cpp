// Searches by the index against the walk through everything: the same lines, whatever lies in which
// level, has no index or a damaged one.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "storage/level/search_file.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/answer/searches.hpp"

BOOST_AUTO_TEST_SUITE(search_index_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

HistoryWriter::Options indexed_files() {
    HistoryWriter::Options options;
    options.merge = {.least_young = 1, .most_file = 8'000};
    options.search = true;
    return options;
}

// Changes an octet of the last value of a database of an index.
void damage(const std::filesystem::path& file, bool of_rows) {
    std::string value;
    {
        const SearchFile index(file);
        lmdb::Transaction transaction(index.environment(), MDB_RDONLY);
        lmdb::Cursor cursor(transaction, of_rows ? index.rows() : index.group_bounds());
        BOOST_TEST_REQUIRE(cursor.last());
        value = as_text(cursor.value());
    }
    std::fstream octets(file, std::ios::in | std::ios::out | std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(octets)), {});
    const std::size_t at = all.find(value);
    BOOST_TEST_REQUIRE(at != std::string::npos);
    octets.clear();
    octets.seekp(static_cast<std::streamoff>(at + value.size() / 2));
    octets.put(static_cast<char>(~value[value.size() / 2]));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_search_finds_by_the_index_what_a_walk_finds) {
    const std::uint64_t seed = random_seed();
    std::mt19937_64 random(seed);
    TemporaryDirectory directory;
    HistoryWriter writer(directory.path(), indexed_files());
    import(writer, random_records(random, 1500));
    writer.merge_all();
    BOOST_TEST(indexes(directory.path()).size() > 4U);
    expect_same(directory.path(), seed);
    // Two old levels and a young one, with records that are removed.
    import(writer, random_records(random, 400));
    while (writer.merge_step()) {
    }
    PruneProgress progress;
    while (!progress.done())
        writer.prune({Seconds{1'510'000'000}, {}, {}}, progress, now);
    import(writer, random_records(random, 300));
    expect_same(directory.path(), seed);
    expect_clean(directory.path());
}

BOOST_AUTO_TEST_CASE(an_index_that_is_missing_or_damaged_is_done_without) {
    const std::uint64_t seed = random_seed();
    std::mt19937_64 random(seed);
    TemporaryDirectory directory;
    {
        HistoryWriter writer(directory.path(), indexed_files());
        import(writer, random_records(random, 1200));
        writer.merge_all();
    }
    auto files = indexes(directory.path());
    BOOST_TEST_REQUIRE(files.size() > 4U);
    const std::size_t all = files.size();
    std::filesystem::remove(files[0]);
    damage(files[1], true);
    damage(files[4], false);
    // That of another file, as an older program leaves it that knows no index.
    std::filesystem::copy_file(files[3], files[2],
                               std::filesystem::copy_options::overwrite_existing);
    expect_same(directory.path(), seed);
    std::vector<std::string> said;
    check_store(directory.path(), [&](const std::string& where, const std::string& what) {
        said.push_back(where + ": " + what);
    });
    BOOST_TEST(said.size() == 3U);

    HistoryWriter writer(directory.path(), {});
    std::size_t made = 0;
    writer.rebuild_search([&](std::size_t count, std::size_t) {
        made = count;
        return true;
    });
    BOOST_TEST(made == all);
    BOOST_TEST(indexes(directory.path()).size() == all);
    expect_clean(directory.path());
    expect_same(directory.path(), seed);
    // They go with their files.
    import(writer, random_records(random, 10));
    writer.merge_all();
    for (const auto& file : indexes(directory.path()))
        std::filesystem::remove(file);
    expect_same(directory.path(), seed);
}

BOOST_AUTO_TEST_CASE(a_literal_costs_little_work) {
    std::mt19937_64 random(1);
    TemporaryDirectory directory;
    std::vector<Seen> all = random_records(random, 3000);
    all.push_back(address("the-needle.hay.example.", 1));
    {
        HistoryWriter writer(directory.path(), indexed_files());
        import(writer, all);
        writer.merge_all();
    }
    Asked asked(directory.path());
    BOOST_TEST(asked.pages("like-*needle*.names").size() == 1U);
    BOOST_TEST(asked.spent() < 700U);
}

BOOST_AUTO_TEST_SUITE_END()
