// Pruning against the oracle: what is left is what was never to go, in both directions and in the
// statistics, whatever the steps are broken off by.
#include "storage/history/prune.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <random>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/record/rdata.hpp"
#include "storage/upkeep/copy.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(prune_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

constexpr Seconds now{1'750'000'000};

PruneProgress prune(HistoryWriter& writer, const PruneRule& rule) {
    PruneProgress progress;
    while (!progress.done())
        writer.prune(rule, progress, now);
    return progress;
}

bool goes(const Oracle::Record& record, const PruneRule& rule) {
    Period seen{end_of_time, Seconds{0}};
    std::uint64_t count = 0;
    for (std::size_t witness = 0; witness < 2; ++witness) {
        for (const Period interval : record.intervals[witness]) {
            seen = {std::min(seen.begin, interval.begin), std::max(seen.end, interval.end)};
        }
        count += record.count[witness];
    }
    return seen.end < *rule.last_before && (!rule.fewer_than || count < *rule.fewer_than);
}

// The oracle's prune: how many records it removed.
std::uint64_t prune(Oracle& oracle, const PruneRule& rule) {
    return std::erase_if(oracle.records,
                         [&](const auto& entry) { return goes(entry.second, rule); });
}

void expect_times_of(const std::filesystem::path& directory, const Oracle& oracle) {
    Period all{end_of_time, Seconds{0}};
    for (const auto& [key, record] : oracle.records) {
        for (const auto& intervals : record.intervals) {
            for (const Period interval : intervals) {
                all = {std::min(all.begin, interval.begin), std::max(all.end, interval.end)};
            }
        }
    }
    History history(directory);
    Snapshot snapshot(history);
    const StoreStatistics statistics = snapshot.statistics();
    BOOST_TEST_REQUIRE(statistics.earliest.has_value() == !oracle.records.empty());
    if (oracle.records.empty()) return;
    BOOST_TEST((*statistics.earliest == all.begin));
    BOOST_TEST((*statistics.latest == all.end));
}

Seen text(const std::string& owner, const std::string& string, std::uint32_t when) {
    Seen seen = address(owner, 0, when);
    seen.type = Rrtype::TXT;
    seen.rdata = static_cast<char>(string.size()) + string;
    return seen;
}

std::set<std::string> pivots_of(const std::filesystem::path& directory) {
    History history(directory);
    Snapshot snapshot(history);
    PivotCursor cursor(snapshot);
    std::set<std::string> found;
    for (cursor.seek_prefix({}); cursor.next();) {
        std::string value(as_text(cursor.pivot().value.subspan(1)));
        if (value.back() == 0) value.pop_back();  // a token closes with it
        found.insert(value + "@" + Name::from_key(cursor.pivot().owner)->text());
    }
    return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(leaves_what_the_oracle_leaves) {
    const std::uint64_t seed = random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 3; ++round) {
        TemporaryDirectory directory;
        Oracle oracle;
        HistoryWriter writer(directory.path(), {});
        for (int turn = 0; turn < 4; ++turn) {
            std::vector<Seen> all;
            for (int i = 0; i < 3000; ++i) {
                all.push_back(random_seen(random));
                oracle.add(all.back());
            }
            import(writer, all);
            PruneRule rule{
                Seconds{static_cast<std::uint32_t>(1'500'000'000 + random() % 100'000'000)},
                {},
                {}};
            if (random() % 2 == 0) rule.fewer_than = 1 + random() % 6;
            const std::uint64_t before = oracle.records.size();
            const PruneProgress progress = prune(writer, rule);
            BOOST_TEST(progress.visited == before, "seed " << seed);
            BOOST_TEST(progress.records == prune(oracle, rule), "seed " << seed);
            expect_equal(directory.path(), oracle, seed);
            expect_times_of(directory.path(), oracle);
            expect_clean(directory.path());
        }
        // All of it; and the store is as good as a new one.
        prune(writer, {end_of_time, {}, {}});
        oracle.records.clear();
        expect_equal(directory.path(), oracle, seed);
        expect_times_of(directory.path(), oracle);
        std::vector<Seen> all;
        for (int i = 0; i < 1000; ++i) {
            all.push_back(random_seen(random));
            oracle.add(all.back());
        }
        import(writer, all);
        expect_equal(directory.path(), oracle, seed);
        expect_clean(directory.path());
    }
}

BOOST_AUTO_TEST_CASE(a_pivot_goes_with_the_last_record_that_needs_it) {
    TemporaryDirectory directory;
    HistoryWriter writer(directory.path(), {});
    Seen other_type = text("a.example.", "shared", 3000);
    other_type.type = Rrtype::SPF;
    import(writer, {text("a.example.", "shared old", 1000), text("a.example.", "shared new", 3000),
                    text("b.example.", "shared old", 1000), other_type});
    const PruneProgress progress = prune(writer, {Seconds{2000}, {}, {}});
    BOOST_TEST(progress.records == 2U);
    BOOST_TEST(progress.names == 1U);
    // From a: "old". From b: "shared" and "old", and the whole texts of both where they are values.
    const std::set<std::string> left = pivots_of(directory.path());
    BOOST_TEST((left == std::set<std::string>{"shared@a.example.", "new@a.example."}));
    expect_clean(directory.path());
}

BOOST_AUTO_TEST_CASE(long_rdata_and_its_pivots_go) {
    TemporaryDirectory directory;
    HistoryWriter writer(directory.path(), {});
    // Two that differ past what a key holds of them, and share words on both sides of that.
    const std::string beginning = "first " + std::string(200, 'x') + " ";
    Seen old = text("a.example.", beginning, 1000);
    old.rdata += text("", "second old", 0).rdata;
    old.rdata += text("", ' ' + std::string(100, 'y'), 0).rdata;
    Seen kept = text("a.example.", beginning, 3000);
    kept.rdata += text("", "second new", 0).rdata;
    kept.rdata += text("", ' ' + std::string(100, 'y'), 0).rdata;
    BOOST_TEST_REQUIRE(old.rdata.size() > 253U);
    import(writer, {old, kept});
    BOOST_TEST(pivots_of(directory.path()).count("old@a.example.") == 1U);
    BOOST_TEST(prune(writer, {Seconds{2000}, {}, {}}).records == 1U);
    const auto left = pivots_of(directory.path());
    BOOST_TEST(left.count("old@a.example.") == 0U);
    BOOST_TEST(left.count("new@a.example.") == 1U);
    BOOST_TEST(left.count("second@a.example.") == 1U);
    expect_clean(directory.path());
}

BOOST_AUTO_TEST_CASE(last_before_and_fewer_than_must_both_fit) {
    TemporaryDirectory directory;
    HistoryWriter writer(directory.path(), {});
    const auto seen = [](const char* owner, std::uint32_t when, std::uint64_t count) {
        Seen one = address(owner, 1, when);
        one.count = count;
        return one;
    };
    import(writer, {seen("at.example.", 2000, 1), seen("old.example.", 1999, 4),
                    seen("old-rare.example.", 1999, 3), seen("rare.example.", 2000, 3)});
    BOOST_TEST(prune(writer, {Seconds{2000}, 4, {}}).records == 1U);
    const auto left = pivots_of(directory.path());
    BOOST_TEST(left.size() == 3U);
    PruneProgress rest = prune(writer, {Seconds{2000}, {}, {}});
    BOOST_TEST(rest.records == 1U);
    BOOST_TEST(rest.names == 1U);
    BOOST_TEST(rest.pivots == 1U);
    BOOST_TEST(rest.visited == 3U);
    expect_clean(directory.path());
}

// Steps are small beside the store, each leaves it whole, and a new writer goes on from any of
// them.
BOOST_AUTO_TEST_CASE(every_step_is_whole_and_a_new_writer_goes_on) {
    TemporaryDirectory directory;
    Oracle oracle;
    std::vector<Seen> all;
    for (int i = 0; i < 12000; ++i) {
        // Every other goes; each third owner has both kinds.
        const std::string owner = "host" + std::to_string(i / 3) + ".example.";
        all.push_back(address(owner, static_cast<std::uint8_t>(i % 250),
                              i % 2 == 0 ? 1'000'000'000 : 1'600'000'000));
        oracle.add(all.back());
    }
    const PruneRule rule{Seconds{1'500'000'000}, {}, {}};
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, all);
    }
    std::uint64_t removed = 0;
    std::size_t steps = 0;
    for (bool done = false; !done;) {
        PruneProgress progress;
        HistoryWriter writer(directory.path(), {});
        writer.prune(rule, progress, now);
        removed += progress.records;
        done = progress.stage != PruneProgress::Stage::removing;
        expect_clean(directory.path());
        BOOST_TEST_REQUIRE(++steps < 100U);
    }
    BOOST_TEST(steps > 3U);
    BOOST_TEST(removed == prune(oracle, rule));
    expect_equal(directory.path(), oracle, 0);
    expect_times_of(directory.path(), oracle);
}

BOOST_AUTO_TEST_CASE(an_owner_that_went_counts_again_when_it_comes_back) {
    // One owner over many blocks, whose keys go on past it.
    TemporaryDirectory directory;
    Oracle oracle;
    HistoryWriter writer(directory.path(), {});
    std::vector<Seen> all;
    for (int i = 0; i < 5000; ++i) {
        Seen seen = address("busy.example.", 0, 1000);
        seen.rdata = {static_cast<char>(10), 0, static_cast<char>(i >> 8), static_cast<char>(i)};
        all.push_back(seen);
    }
    all.push_back(address("a.example.", 1, 3000));
    all.push_back(address("z.example.", 1, 3000));
    oracle.add(all[5000]);
    oracle.add(all[5001]);
    import(writer, all);
    const PruneProgress progress = prune(writer, {Seconds{2000}, {}, {}});
    BOOST_TEST(progress.records == 5000U);
    BOOST_TEST(progress.names == 1U);
    expect_equal(directory.path(), oracle, 0);
    for (const int i : {4999, 0, 2500}) {
        import(writer, {all[static_cast<std::size_t>(i)]});
        oracle.add(all[static_cast<std::size_t>(i)]);
        expect_equal(directory.path(), oracle, 0);
        expect_clean(directory.path());
    }
}

BOOST_AUTO_TEST_CASE(what_a_source_told_alone_goes) {
    TemporaryDirectory directory;
    Oracle oracle;
    HistoryWriter writer(directory.path(), {});
    const auto seen = [](const std::string& owner, const std::string& sensor,
                         const std::string& origin = {}) {
        Seen one = address(owner, 1);
        one.source = {sensor, origin, {}};
        return one;
    };
    // Batch by batch: with another source or without one, before, after or in the same batch.
    const std::vector<std::vector<Seen>> batches = {
        {seen("before.", ""), seen("unnamed.", "")},
        {seen("gone.", "wrong"), seen("below.gone.", "other", "wrong"), seen("both.", "wrong"),
         seen("both.", "right"), seen("right.", "right"), seen("after.", "wrong"),
         seen("same.", "wrong"), seen("same.", ""), seen("before.", "wrong")},
        {seen("after.", ""), seen("gone.", "wrong")},
    };
    for (const auto& batch : batches) {
        import(writer, batch);
        for (const Seen& one : batch)
            oracle.add(one);
    }
    std::vector<Seen> many;
    for (int i = 0; i < 8; ++i)
        many.push_back(seen("many.", "sensor" + std::to_string(i), "wrong"));
    import(writer, many);
    for (const Seen& one : many)
        oracle.add(one);
    expect_equal(directory.path(), oracle, 0);

    PruneRule rule;
    {
        History history(directory.path());
        Snapshot snapshot(history);
        rule.sources = snapshot.sources_where([](const Source& source) {
            return source.sensor_id == "wrong" || source.origin == "wrong";
        });
    }
    const PruneProgress progress = prune(writer, rule);
    BOOST_TEST(progress.records == 2U);
    BOOST_TEST(progress.names == 2U);
    BOOST_TEST(progress.shared == 5U);
    std::erase_if(oracle.records,
                  [](const auto& entry) { return std::get<0>(entry.first).ends_with("gone."); });
    expect_equal(directory.path(), oracle, 0);
    expect_clean(directory.path());
    BOOST_TEST(prune(writer, PruneRule()).records == 0U);
}

BOOST_AUTO_TEST_CASE(the_file_does_not_double) {
    TemporaryDirectory directory;
    HistoryWriter writer(directory.path(), {});
    std::vector<Seen> all;
    for (int i = 0; i < 300'000; ++i) {
        Seen seen = address("host" + std::to_string(i) + ".example.", 0,
                            i % 2 == 0 ? 1'000'000'000 : 1'600'000'000);
        seen.rdata = {static_cast<char>(10), static_cast<char>(i * 7 >> 16),
                      static_cast<char>(i * 7 >> 8), static_cast<char>(i * 7)};
        all.push_back(seen);
        if (all.size() == 100'000) {
            import(writer, all);
            all.clear();
        }
    }
    const auto size = [&] { return std::filesystem::file_size(directory.path() / "data.mdb"); };
    const auto before = size();
    BOOST_TEST(prune(writer, {Seconds{1'500'000'000}, {}, {}}).records == 150'000U);
    BOOST_TEST_MESSAGE(before << " before, " << size() << " after");
    BOOST_TEST(size() < before + before / 2);
    expect_clean(directory.path());
    // The room of removed records is free, so that a copy is smaller.
    TemporaryDirectory target;
    const auto copy = copy_store(directory.path(), target.path(), {});
    BOOST_TEST_REQUIRE(copy.has_value());
    BOOST_TEST(copy->compacted);
    BOOST_TEST_MESSAGE(copy->octets_after << " in the copy");
    BOOST_TEST(copy->octets_after < before * 2 / 3);
    expect_clean(target.path());
}

BOOST_AUTO_TEST_CASE(a_damaged_block_ends_it_and_nothing_is_written) {
    TemporaryDirectory directory;
    std::vector<Seen> all;
    for (int i = 0; i < 3000; ++i)
        all.push_back(address("host" + std::to_string(i) + ".example.", 1, 1000));
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, all);
    }
    {
        lmdb::Environment environment(directory.path(), MDB_NOTLS, std::size_t{1} << 28,
                                      store_meta::databases, 8);
        lmdb::Transaction transaction(environment, 0);
        const auto names = transaction.open_database(store_meta::names_database, false);
        {
            lmdb::Cursor cursor(transaction, *names);
            BOOST_TEST_REQUIRE(cursor.last());
            const std::vector<std::uint8_t> key(cursor.key().begin(), cursor.key().end());
            std::vector<std::uint8_t> value(cursor.value().begin(), cursor.value().end());
            value.back() ^= 1;
            cursor.put(key, value);
        }
        transaction.commit();
    }
    HistoryWriter writer(directory.path(), {});
    BOOST_CHECK_EXCEPTION(
        prune(writer, {Seconds{2000}, {}, {}}), StoreError,
        [](const StoreError& error) { return std::strstr(error.what(), "damaged") != nullptr; });
}

BOOST_AUTO_TEST_SUITE_END()
