// Stores with levels against the oracle: whatever is written, merged, pruned and opened again in
// whatever order, the store holds what was seen.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "storage/level/level_list.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace dnshist;
using namespace dnshist::test;

namespace {

constexpr Seconds now{1'750'000'000};

// Merges begin at once, and files are cut small.
HistoryWriter::Options small_files() {
    HistoryWriter::Options options;
    options.merge = {.least_young = 1, .most_file = 50'000};
    return options;
}

std::size_t level_files(const std::filesystem::path& directory) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (level_list::file_number(entry.path().filename().string())) ++files;
    }
    return files;
}

std::vector<Seen> random_batch(std::mt19937_64& random, std::size_t count, Oracle& oracle) {
    std::vector<Seen> all;
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(random_seen(random));
        oracle.add(all.back());
    }
    return all;
}

std::uint64_t prune(Oracle& oracle, Seconds last_before) {
    return std::erase_if(oracle.records, [&](const auto& entry) {
        for (const auto& intervals : entry.second.intervals) {
            for (const Period interval : intervals) {
                if (interval.end >= last_before) return false;
            }
        }
        return true;
    });
}

std::uint64_t prune(HistoryWriter& writer, Seconds last_before) {
    PruneProgress progress;
    while (!progress.done())
        writer.prune({last_before, {}, {}}, progress, now);
    return progress.records;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_store_is_the_same_in_levels) {
    TemporaryDirectory directory;
    std::mt19937_64 random(1);
    Oracle oracle;
    HistoryWriter writer(directory.path(), small_files());
    import(writer, random_batch(random, 3000, oracle));
    writer.merge_all();
    BOOST_TEST(level_files(directory.path()) > 2U);
    expect_equal(directory.path(), oracle, 1);
    expect_clean(directory.path());
    import(writer, random_batch(random, 3000, oracle));
    expect_equal(directory.path(), oracle, 1);
    expect_clean(directory.path());
}

BOOST_AUTO_TEST_CASE(any_order_of_writes_and_merges_ends_in_the_same_store) {
    const std::uint64_t seed = random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 3; ++round) {
        TemporaryDirectory directory;
        Oracle oracle;
        std::optional<HistoryWriter> writer;
        writer.emplace(directory.path(), small_files());
        for (int turn = 0; turn < 25; ++turn) {
            switch (random() % 10) {
                case 0: {
                    const Seconds last{
                        static_cast<std::uint32_t>(1'500'000'000 + random() % 50'000'000)};
                    const auto removed = prune(*writer, last);
                    BOOST_TEST_REQUIRE(removed == prune(oracle, last), "seed " << seed);
                    break;
                }
                case 1:
                    writer->merge_all();
                    break;
                case 2:
                    writer.reset();
                    writer.emplace(directory.path(), small_files());
                    break;
                case 3:
                case 4:
                case 5:
                    writer->merge_step();
                    break;
                default:
                    import(*writer, random_batch(random, 1 + random() % 1500, oracle));
            }
            expect_equal(directory.path(), oracle, seed);
        }
        expect_clean(directory.path());
    }
}

BOOST_AUTO_TEST_CASE(a_reader_goes_on_through_merges) {
    TemporaryDirectory directory;
    std::mt19937_64 random(2);
    Oracle oracle;
    HistoryWriter writer(directory.path(), small_files());
    import(writer, random_batch(random, 2000, oracle));
    History history(directory.path());
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    const auto count = [&] {
        std::size_t records = 0;
        for (cursor.seek_all(); cursor.next();)
            ++records;
        return records;
    };
    for (int turn = 0; turn < 10; ++turn) {
        const std::size_t before = oracle.records.size();
        import(writer, random_batch(random, 500, oracle));
        while (writer.merge_step()) {
        }
        if (turn % 3 == 2) writer.merge_all();
        // The state that the reader holds stays, with its files.
        BOOST_TEST_REQUIRE(count() == before);
        snapshot.renew();
        BOOST_TEST_REQUIRE(count() == oracle.records.size());
        BOOST_TEST_REQUIRE(snapshot.has_records(Name::from_text("example.com.")->key()));
        BOOST_TEST_REQUIRE(!snapshot.has_records(Name::from_text("none.example.com.")->key()));
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_nobody_lists_is_removed) {
    TemporaryDirectory directory;
    std::mt19937_64 random(3);
    Oracle oracle;
    {
        HistoryWriter writer(directory.path(), small_files());
        import(writer, random_batch(random, 1000, oracle));
        writer.merge_all();
    }
    const std::size_t files = level_files(directory.path());
    std::ofstream(directory.path() / level_list::file_name(1'000'000)) << "half a file";
    BOOST_TEST(level_files(directory.path()) == files + 1);
    { HistoryWriter writer(directory.path(), small_files()); }
    BOOST_TEST(level_files(directory.path()) == files);
    expect_equal(directory.path(), oracle, 3);
}
