// Stores with levels against the oracle: whatever is written, merged, pruned and opened again in
// whatever order, the store holds what was seen.
#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/level/level_list.hpp"
#include "storage/upkeep/copy.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/storage/history/small_levels.hpp"

BOOST_AUTO_TEST_SUITE(level_merge_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

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
        // Large batches go straight into levels in some rounds.
        auto options = small_files();
        if (round != 0) options.merge.large_batch = 500;
        if (round != 1) options.merge.for_all_levels = 0;
        std::optional<HistoryWriter> writer;
        writer.emplace(directory.path(), options);
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
                    writer.emplace(directory.path(), options);
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

BOOST_AUTO_TEST_CASE(a_large_batch_goes_straight_into_a_level_where_nothing_is_young) {
    TemporaryDirectory directory;
    std::mt19937_64 random(9);
    Oracle oracle;
    auto options = small_files();
    options.merge.large_batch = 1000;
    HistoryWriter writer(directory.path(), options);
    const auto levels = [&] {
        expect_equal(directory.path(), oracle, 9);
        expect_clean(directory.path());
        History history(directory.path());
        return Snapshot(history).levels();
    };
    import(writer, random_batch(random, 4000, oracle));
    const auto first = levels();
    BOOST_TEST(first.young == 0U);
    BOOST_TEST(first.old[1].files == 0U);
    BOOST_TEST(first.old[2].files > 2U);
    BOOST_TEST(first.written == first.old[2].octets);
    // The next one has a file for each range of the level below.
    import(writer, random_batch(random, 3000, oracle));
    const auto second = levels();
    BOOST_TEST(second.young == 0U);
    BOOST_TEST(second.old[1].files == first.old[2].files);
    BOOST_TEST(second.old[2].files == first.old[2].files);
    // No level is free for a third, which a small store has none for.
    import(writer, random_batch(random, 3000, oracle));
    BOOST_TEST(levels().young > 0U);
    writer.merge_all();
    BOOST_TEST(levels().old[0].files == 0U);
    // A small one is merged as ever.
    import(writer, random_batch(random, 999, oracle));
    BOOST_TEST(levels().young > 0U);
}

BOOST_AUTO_TEST_CASE(a_large_store_has_one_level_more) {
    TemporaryDirectory directory;
    std::mt19937_64 random(11);
    Oracle oracle;
    auto options = small_files();
    options.merge.large_batch = 1000;
    options.merge.for_all_levels = 0;
    const auto levels = [&] {
        History history(directory.path());
        return Snapshot(history).levels();
    };
    const auto expect_whole = [&] {
        expect_equal(directory.path(), oracle, 11);
        expect_clean(directory.path());
    };
    {
        HistoryWriter writer(directory.path(), options);
        for (int batch = 0; batch < 3; ++batch)
            import(writer, random_batch(random, 3000, oracle));
        const auto filled = levels();
        BOOST_TEST(filled.young == 0U);
        BOOST_TEST(filled.old[2].files > 2U);
        BOOST_TEST(filled.old[1].files == filled.old[2].files);
        BOOST_TEST(filled.old[0].files == filled.old[2].files);
        expect_whole();
        // Merges end in each of the levels.
        std::array<bool, 3> is_written{};
        for (int batch = 0; batch < 60; ++batch) {
            const auto before = levels();
            import(writer, random_batch(random, 100, oracle));
            while (writer.merge_step()) {
            }
            const auto after = levels();
            for (std::size_t level = 0; level < 3; ++level)
                is_written[level] |= after.old[level].octets > before.old[level].octets;
        }
        BOOST_TEST(is_written == (std::array{true, true, true}), boost::test_tools::per_element());
        expect_whole();
        import(writer, random_batch(random, 900, oracle));
    }
    // A store that has become small leaves that level empty again.
    options.merge.for_all_levels = octets_for_all_levels;
    HistoryWriter writer(directory.path(), options);
    for (int batch = 0; batch < 20; ++batch) {
        import(writer, random_batch(random, 300, oracle));
        while (writer.merge_step()) {
        }
    }
    BOOST_TEST(levels().old[0].files == 0U);
    expect_whole();
}

BOOST_AUTO_TEST_CASE(merging_is_overdue_once_twice_as_much_was_written_as_makes_it_due) {
    TemporaryDirectory directory;
    std::mt19937_64 random(10);
    Oracle oracle;
    HistoryWriter writer(directory.path(), small_files());
    const auto levels = [&] {
        History history(directory.path());
        return Snapshot(history).levels();
    };
    import(writer, random_batch(random, 3000, oracle));
    for (int batch = 0; batch < 50 && !writer.merge_is_overdue(); ++batch) {
        import(writer, random_batch(random, 200, oracle));
    }
    BOOST_TEST(writer.merge_is_overdue());
    const std::uint64_t debt = levels().debt;
    BOOST_TEST(debt > 4 * levels().young);
    BOOST_TEST(debt < 8 * levels().young);
    while (writer.merge_step()) {
    }
    BOOST_TEST(!writer.merge_is_overdue());
    BOOST_TEST(levels().debt == 0U);
    expect_equal(directory.path(), oracle, 10);
}

BOOST_AUTO_TEST_CASE(each_step_of_a_merge_gives_disk_space_back) {
    TemporaryDirectory directory;
    HistoryWriter::Options options;
    options.merge.least_young = 1;
    HistoryWriter writer(directory.path(), options);
    std::vector<Seen> all;
    for (int i = 0; i < 50'000; ++i)
        all.push_back(address("host" + std::to_string(i) + ".example.", 1));
    for (int time = 0; time < 4; ++time)
        import(writer, all);
    const auto octets = [&] {
        History history(directory.path());
        return Snapshot(history).statistics().octets;
    };
    const std::uint64_t before = octets();
    // The names alone, of which there are two states in data.mdb, and one in a file now.
    BOOST_TEST_REQUIRE(writer.merge_step());
    BOOST_TEST(octets() < before);
    BOOST_TEST(!writer.merge_step());
    BOOST_TEST(octets() < before);
}

BOOST_AUTO_TEST_CASE(a_copy_has_the_levels_too) {
    TemporaryDirectory directory;
    std::mt19937_64 random(4);
    Oracle oracle;
    HistoryWriter writer(directory.path() / "store", small_files());
    import(writer, random_batch(random, 2000, oracle));
    writer.merge_all();
    import(writer, random_batch(random, 500, oracle));
    // What a copy that was broken off has left is written again.
    std::filesystem::create_directory(directory.path() / "copy");
    std::ofstream(directory.path() / "copy" / level_list::file_name(1)) << "half a file";
    const auto result = copy_store(directory.path() / "store", directory.path() / "copy", {});
    BOOST_TEST_REQUIRE(result.has_value());
    expect_equal(directory.path() / "copy", oracle, 4);
    expect_clean(directory.path() / "copy");
    std::uintmax_t octets = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path() / "copy")) {
        const auto name = entry.path().filename();
        if (name == "data.mdb" || level_list::file_number(name.string()))
            octets += entry.file_size();
    }
    BOOST_TEST(result->octets_after == octets);
    BOOST_TEST(result->statistics.octets == octets);
}

BOOST_AUTO_TEST_CASE(totals_that_are_reported_again_are_not_added_to_what_levels_have) {
    TemporaryDirectory directory;
    HistoryWriter writer(directory.path(), small_files());
    const auto report = [&](std::uint64_t total) {
        Batch batch(default_gap, Counts::max);
        Seen seen = address("www.example.com.", 1);
        seen.count = total;
        add(batch, seen);
        writer.apply(batch, std::nullopt, {}, now);
        writer.merge_step();
    };
    const auto count = [&] {
        History history(directory.path());
        Snapshot snapshot(history);
        RecordCursor cursor(snapshot);
        cursor.seek_all();
        BOOST_TEST_REQUIRE(cursor.next());
        return cursor.record().count;
    };
    report(10);
    writer.merge_all();
    report(7);
    BOOST_TEST(count() == 10U);
    report(12);
    BOOST_TEST(count() == 12U);
    writer.merge_all();
    report(13);
    report(20);
    BOOST_TEST(count() == 20U);
    writer.merge_all();
    BOOST_TEST(count() == 20U);
}

BOOST_AUTO_TEST_CASE(a_record_keeps_the_eight_sources_that_are_least_by_text) {
    TemporaryDirectory directory;
    HistoryWriter writer(directory.path(), small_files());
    // The last comes first, and so on; a few lie in each level.
    for (int i = 11; i >= 0; --i) {
        Seen seen = address("www.example.com.", 1);
        seen.source.sensor_id = std::string(1, static_cast<char>('a' + i));
        import(writer, {seen});
        if (i == 8) writer.merge_all();
        if (i == 6) writer.merge_step();
    }
    const auto sensors = [&] {
        History history(directory.path());
        Snapshot snapshot(history);
        RecordCursor cursor(snapshot);
        cursor.seek_all();
        BOOST_TEST_REQUIRE(cursor.next());
        std::set<std::string> found;
        for (const std::uint32_t number : cursor.record().sources())
            found.insert(snapshot.source(number, cursor.record().owner)->sensor_id);
        return found;
    };
    const std::set<std::string> least = {"a", "b", "c", "d", "e", "f", "g", "h"};
    BOOST_TEST((sensors() == least));
    writer.merge_all();
    BOOST_TEST((sensors() == least));
    // Without a source too: that is the least.
    import(writer, {address("www.example.com.", 1)});
    const std::set<std::string> with_none = {"", "a", "b", "c", "d", "e", "f", "g"};
    BOOST_TEST((sensors() == with_none));
}

BOOST_AUTO_TEST_CASE(a_large_young_level_is_merged_in_short_steps) {
    TemporaryDirectory directory;
    std::mt19937_64 random(6);
    Oracle oracle;
    HistoryWriter::Options options = small_files();
    options.merge.most_file = 10'000;
    HistoryWriter writer(directory.path(), options);
    for (int i = 0; i < 4; ++i)
        import(writer, random_batch(random, 4000, oracle));
    int steps = 1;
    for (bool goes_on = writer.merge_step(); goes_on; goes_on = writer.merge_step(), ++steps) {
        if (steps < 5) expect_equal(directory.path(), oracle, 6);
    }
    BOOST_TEST(steps > 4);
    expect_equal(directory.path(), oracle, 6);
    expect_clean(directory.path());
    History history(directory.path());
    Snapshot snapshot(history);
    BOOST_TEST(!snapshot.levels().merging);
    BOOST_TEST(snapshot.levels().behind == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
