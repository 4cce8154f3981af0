// The writer's promises: one at a time, what it remembers of feeds, readers that died, and stores
// that were damaged by others.
#include "storage/history/history_writer.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(history_writer_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

// How many readers have entered themselves; asked in another process, since one has a store open
// once.
unsigned lmdb_slots(const std::filesystem::path& directory) {
    const pid_t child = ::fork();
    if (child == 0) {
        const lmdb::Environment environment(directory, MDB_RDONLY, 1 << 20, store_meta::databases,
                                            8);
        ::_exit(static_cast<int>(environment.used_reader_slots()));
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    BOOST_TEST_REQUIRE(WIFEXITED(status));
    return static_cast<unsigned>(WEXITSTATUS(status));
}

}  // namespace

BOOST_AUTO_TEST_CASE(max_takes_the_larger_count_and_again_changes_nothing) {
    test::TemporaryDirectory directory;
    {
        HistoryWriter writer(directory.path(), {});
        Seen seen = address("example.com.", 1);
        seen.count = 7;
        for (int i = 0; i < 3; ++i) {
            Batch batch(default_gap, Counts::max);
            add(batch, seen);
            const auto result = writer.apply(batch, std::nullopt, {}, Seconds{1});
            BOOST_TEST(result.new_records == (i == 0 ? 1U : 0U));
            BOOST_TEST(result.merged_records == (i == 0 ? 0U : 1U));
        }
    }
    History history(directory.path());
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    cursor.seek_all();
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(cursor.record().count == 7U);
}

BOOST_AUTO_TEST_CASE(remembers_how_far_a_feed_has_got) {
    test::TemporaryDirectory directory;
    FeedPosition position;
    position.head.fill(7);
    position.head_octets = 4096;
    position.prefix.fill(9);
    position.offset = 123'456'789'012;
    position.when = Seconds{1'700'000'000};
    position.name = "feeds/today.cof.gz";
    {
        HistoryWriter writer(directory.path(), {});
        BOOST_TEST(!writer.reading(position.reading).has_value());
        position.reading.fill(11);
        writer.keep_reading(position.reading, "cof\n");
        BOOST_TEST(writer.feeds().empty());
        const std::uint32_t number = writer.new_feed();
        Batch none;
        writer.apply(none, number, position, Seconds{5});
        position.whole = true;
        writer.apply(none, number, position, Seconds{5});
        BOOST_TEST(writer.new_feed() != number);
    }
    HistoryWriter writer(directory.path(), {});
    const auto feeds = writer.feeds();
    BOOST_TEST_REQUIRE(feeds.size() == 1U);
    BOOST_TEST((feeds[0].position.head == position.head));
    BOOST_TEST(feeds[0].position.head_octets == position.head_octets);
    BOOST_TEST((feeds[0].position.prefix == position.prefix));
    BOOST_TEST(feeds[0].position.offset == position.offset);
    BOOST_TEST(feeds[0].position.whole);
    BOOST_TEST((feeds[0].position.when == position.when));
    BOOST_TEST(feeds[0].position.name == position.name);
    BOOST_TEST((feeds[0].position.reading == position.reading));
    BOOST_TEST(writer.reading(position.reading).value() == "cof\n");
    BOOST_TEST(writer.new_feed() != feeds[0].number);
}

BOOST_AUTO_TEST_CASE(nothing_is_written_to_a_store_that_was_removed_or_cut_short) {
    test::TemporaryDirectory directory;
    const auto data = directory.path() / "data.mdb";
    HistoryWriter writer(directory.path(), {});
    import(writer, {address("first.example.", 1)});
    const auto fails_with = [&](const std::string& words) {
        BOOST_CHECK_EXCEPTION(import(writer, {address("second.example.", 1)}), StoreError,
                              [&](const StoreError& error) {
                                  return std::string(error.what()).find(words) != std::string::npos;
                              });
    };
    std::filesystem::rename(data, directory.path() / "away");
    fails_with("data.mdb was removed");
    std::filesystem::rename(directory.path() / "away", data);
    import(writer, {address("second.example.", 1)});
    std::filesystem::resize_file(data, 3 * 4096);
    fails_with("data.mdb is cut short");
}

BOOST_AUTO_TEST_CASE(readers_that_were_killed_are_cleared_away) {
    test::TemporaryDirectory directory;
    { HistoryWriter(directory.path(), {}); }
    const pid_t child = ::fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        History history(directory.path());
        Snapshot snapshot(history);
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST_REQUIRE(WIFSIGNALED(status));
    { HistoryWriter(directory.path(), {}); }
    lmdb::Environment environment(directory.path(), MDB_RDONLY, 1 << 20, store_meta::databases, 8);
    BOOST_TEST(environment.clear_stale_readers() == 0);
}

BOOST_AUTO_TEST_CASE(a_reader_that_dies_is_cleared_away_by_the_next_batch) {
    test::TemporaryDirectory directory;
    HistoryWriter writer(directory.path(), {});
    std::array<int, 2> ready{};
    BOOST_TEST_REQUIRE(::pipe(ready.data()) == 0);
    const pid_t child = ::fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        History history(directory.path());
        Snapshot snapshot(history);
        [[maybe_unused]] const auto written = ::write(ready[1], "r", 1);
        for (;;)
            ::pause();
    }
    char octet = 0;
    BOOST_TEST(::read(ready[0], &octet, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
    // The slot of the living is left alone.
    import(writer, {address("a.example.", 1)});
    BOOST_TEST(lmdb_slots(directory.path()) == 1U);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST(lmdb_slots(directory.path()) == 1U);
    import(writer, {address("b.example.", 1)});
    BOOST_TEST(lmdb_slots(directory.path()) == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_full_disk_left_of_the_making_of_a_store_is_no_obstacle) {
    test::TemporaryDirectory directory;
    const auto file = directory.path() / "data.mdb";
    const auto no_store = [](const StoreError& error) {
        return std::string(error.what()).starts_with("there is no store in");
    };
    { HistoryWriter(directory.path(), {}); }
    for (const std::uintmax_t octets : {0U, 4096U, 5000U}) {
        std::filesystem::resize_file(file, octets);
        BOOST_CHECK_EXCEPTION(History{directory.path()}, StoreError, no_store);
        {
            HistoryWriter writer(directory.path(), {});
            import(writer, {address("example.com.", 1)});
        }
        expect_clean(directory.path());
    }
    std::filesystem::remove(file);
    { lmdb::Environment(directory.path(), 0, 1 << 20, store_meta::databases, 8); }
    BOOST_CHECK_EXCEPTION(History{directory.path()}, StoreError, no_store);
    HistoryWriter writer(directory.path(), {});
    expect_clean(directory.path());
}

BOOST_AUTO_TEST_CASE(a_second_writer_is_turned_away_at_once) {
    test::TemporaryDirectory directory;
    HistoryWriter first(directory.path(), {});
    try {
        HistoryWriter second(directory.path(), {});
        BOOST_TEST(false, "a second writer was let in");
    } catch (const StoreError& error) {
        const std::string text = error.what();
        BOOST_TEST(text.find(std::to_string(::getpid())) != std::string::npos, text);
        BOOST_TEST(text.find(directory.path().string()) != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
