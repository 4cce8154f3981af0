// Stores with levels against the oracle: whatever is written, merged, pruned and opened again in
// whatever order, the store holds what was seen.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/level/level_list.hpp"
#include "storage/upkeep/copy.hpp"
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

// Another process that reads a store while this lives.
class OtherReader {
  public:
    explicit OtherReader(const std::filesystem::path& directory) {
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::pipe(ends.data()) == 0);
        process_ = ::fork();
        if (process_ == 0) {
            History history(directory);
            const Snapshot snapshot(history);
            static_cast<void>(::write(ends[1], "r", 1));
            ::pause();
            ::_exit(0);
        }
        char ready = 0;
        BOOST_REQUIRE(::read(ends[0], &ready, 1) == 1);
        ::close(ends[0]);
        ::close(ends[1]);
    }
    ~OtherReader() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    OtherReader(const OtherReader&) = delete;
    OtherReader& operator=(const OtherReader&) = delete;

  private:
    pid_t process_ = -1;
};

// Turns a store without levels into one of the version before.
void lower_version(const std::filesystem::path& directory) {
    const lmdb::Environment environment(directory, 0, std::size_t{1} << 30, store_meta::databases,
                                        8);
    lmdb::Transaction transaction(environment, 0);
    const auto meta = transaction.open_database(store_meta::meta_database, false);
    transaction.put(*meta, as_octets(store_meta::version_key),
                    store_meta::encode_u32(store_meta::version_without_levels));
    transaction.remove(*meta, as_octets(store_meta::merging_key));
    const auto levels = transaction.open_database(store_meta::levels_database, false);
    lmdb::check("mdb_drop", mdb_drop(transaction.get(), *levels, 1));
    transaction.commit();
}

BOOST_AUTO_TEST_CASE(a_store_of_the_version_before_is_read_and_raised_when_nobody_reads_it) {
    TemporaryDirectory directory;
    std::mt19937_64 random(5);
    Oracle oracle;
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, random_batch(random, 2000, oracle));
    }
    lower_version(directory.path());
    expect_equal(directory.path(), oracle, 5);
    expect_clean(directory.path());
    {
        const OtherReader reader(directory.path());
        BOOST_CHECK_THROW(HistoryWriter(directory.path(), small_files()), StoreError);
    }
    HistoryWriter writer(directory.path(), small_files());
    import(writer, random_batch(random, 500, oracle));
    writer.merge_all();
    expect_equal(directory.path(), oracle, 5);
    expect_clean(directory.path());
}

// Changes an octet in the middle of a file of a level.
void damage(const std::filesystem::path& file) {
    std::fstream octets(file, std::ios::in | std::ios::out | std::ios::binary);
    octets.seekg(0, std::ios::end);
    const std::streamoff middle = static_cast<std::streamoff>(octets.tellg()) / 2 + 1000;
    octets.seekg(middle);
    const int octet = octets.get();
    octets.seekp(middle);
    octets.put(static_cast<char>(~octet));
}

BOOST_AUTO_TEST_CASE(what_is_damaged_in_a_level_is_reported_and_left_behind) {
    TemporaryDirectory directory;
    std::vector<Seen> all;
    for (int i = 0; i < 5000; ++i)
        all.push_back(address("host" + std::to_string(i) + ".example.", 1));
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, all);
        writer.merge_all();
    }
    damage(directory.path() / level_list::file_name(1));
    std::size_t damaged = 0;
    const auto count = [&] {
        damaged = 0;
        History history(directory.path(),
                        [&](const std::string&, const std::string&) { ++damaged; });
        Snapshot snapshot(history);
        RecordCursor cursor(snapshot);
        std::size_t records = 0;
        for (cursor.seek_all(); cursor.next();)
            ++records;
        return records;
    };
    const std::size_t left = count();
    BOOST_TEST(damaged == 1U);
    BOOST_TEST((left < all.size() && left > all.size() - 200));
    HistoryWriter writer(directory.path(), small_files());
    import(writer, {address("another.example.", 1)});
    writer.merge_all();
    BOOST_TEST(count() == left + 1);
    BOOST_TEST(damaged == 0U);
    BOOST_TEST(std::filesystem::exists(directory.path() / "level.1.mdb.damaged"));
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
