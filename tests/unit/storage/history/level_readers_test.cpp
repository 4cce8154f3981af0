// Who reads a store with levels, whose files come and go; its versions, its damage and its numbers.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/level/level_list.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/storage/history/small_levels.hpp"

BOOST_AUTO_TEST_SUITE(level_readers_test)

using namespace dnshist;
using namespace dnshist::test;

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

namespace {

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

}  // namespace

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
        HistoryWriter writer(directory.path(), small_files());
        BOOST_TEST(!writer.has_levels());
        import(writer, random_batch(random, 500, oracle));
        BOOST_TEST(!writer.merge_step());
    }
    expect_equal(directory.path(), oracle, 5);
    BOOST_TEST(level_files(directory.path()) == 0U);
    HistoryWriter writer(directory.path(), small_files());
    BOOST_TEST(writer.has_levels());
    import(writer, random_batch(random, 500, oracle));
    writer.merge_all();
    expect_equal(directory.path(), oracle, 5);
    expect_clean(directory.path());
}

namespace {

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

}  // namespace

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
    auto options = small_files();
    std::vector<std::string> said;
    options.damage = [&](const std::string& where, const std::string& what) {
        said.push_back(where + ": " + what);
    };
    HistoryWriter writer(directory.path(), options);
    import(writer, {address("another.example.", 1)});
    writer.merge_all();
    BOOST_TEST(count() == left + 1);
    BOOST_TEST(damaged == 0U);
    BOOST_TEST_REQUIRE(said.size() == 1U);
    BOOST_TEST(said[0].find("level.1.mdb.damaged") != std::string::npos);
    History history(directory.path());
    BOOST_TEST(Snapshot(history).levels().damaged == 1U);
    BOOST_TEST(std::filesystem::exists(directory.path() / "level.1.mdb.damaged"));
}

BOOST_AUTO_TEST_CASE(where_one_level_is_damaged_the_other_one_still_has_the_record) {
    // Two levels have the same records, once each. `file` is that of one of them.
    for (const std::uint64_t file : {1U, 3U}) {
        TemporaryDirectory directory;
        std::vector<Seen> all;
        for (int i = 0; i < 5000; ++i)
            all.push_back(address("host" + std::to_string(i) + ".example.", 1));
        auto options = small_files();
        options.merge = {.large_batch = all.size()};
        {
            HistoryWriter writer(directory.path(), options);
            import(writer, all);
            import(writer, all);
        }
        damage(directory.path() / level_list::file_name(file));
        std::size_t damaged = 0;
        // How many records there are, seen once and twice.
        const auto count = [&] {
            damaged = 0;
            History history(directory.path(),
                            [&](const std::string&, const std::string&) { ++damaged; });
            Snapshot snapshot(history);
            RecordCursor cursor(snapshot);
            std::pair<std::size_t, std::size_t> records;
            for (cursor.seek_all(); cursor.next();)
                ++(cursor.record().count == 1 ? records.first : records.second);
            return records;
        };
        const auto [once, twice] = count();
        BOOST_TEST(damaged == 1U);
        BOOST_TEST((once > 0 && once < 200));
        BOOST_TEST(once + twice == all.size());
        options.damage = [&](const std::string&, const std::string&) { ++damaged; };
        HistoryWriter writer(directory.path(), options);
        writer.merge_all();
        BOOST_TEST(damaged == 2U);
        BOOST_TEST((count() == std::pair(once, twice)));
        BOOST_TEST(damaged == 0U);
        BOOST_TEST(
            std::filesystem::exists(directory.path() / (level_list::file_name(file) + ".damaged")));
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

namespace {

// The files of levels that this process has open although they were removed.
std::size_t dead_files() {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code none;
        const std::string to = std::filesystem::read_symlink(entry.path(), none).string();
        if (to.find("/level.") != std::string::npos && to.ends_with(" (deleted)")) ++found;
    }
    return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_renewed_snapshot_and_its_cursors_let_go_of_removed_files) {
    TemporaryDirectory directory;
    std::mt19937_64 random(7);
    Oracle oracle;
    HistoryWriter writer(directory.path(), small_files());
    const auto merge_more = [&] {
        import(writer, random_batch(random, 500, oracle));
        writer.merge_all();
    };
    merge_more();
    History history(directory.path());
    Snapshot snapshot(history);
    RecordCursor records(snapshot);
    PivotCursor pivots(snapshot);
    records.seek_all();
    BOOST_TEST(records.next());
    pivots.seek_prefix({});
    BOOST_TEST(pivots.next());
    merge_more();
    BOOST_TEST(dead_files() > 0U);
    snapshot.renew();
    snapshot.reset();
    BOOST_TEST(dead_files() == 0U);
}

BOOST_AUTO_TEST_CASE(a_store_of_a_draft_of_the_format_is_refused) {
    TemporaryDirectory directory;
    { const HistoryWriter writer(directory.path(), {}); }
    {
        const lmdb::Environment environment(directory.path(), 0, std::size_t{1} << 30,
                                            store_meta::databases, 8);
        lmdb::Transaction transaction(environment, 0);
        const auto meta = transaction.open_database(store_meta::meta_database, false);
        transaction.put(*meta, as_octets(store_meta::draft_key), store_meta::encode_u32(0));
        transaction.commit();
    }
    const auto names_it = [](const StoreError& error) {
        return std::string(error.what()).find("format 3 as a version before its release had it") !=
               std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(History{directory.path()}, StoreError, names_it);
    BOOST_CHECK_EXCEPTION(HistoryWriter(directory.path(), {}), StoreError, names_it);
}

BOOST_AUTO_TEST_CASE(levels_are_counted) {
    TemporaryDirectory directory;
    std::mt19937_64 random(8);
    Oracle oracle;
    HistoryWriter writer(directory.path(), small_files());
    const auto levels = [&] {
        History history(directory.path());
        return Snapshot(history).levels();
    };
    import(writer, random_batch(random, 2000, oracle));
    BOOST_TEST(levels().observations == 2000U);
    BOOST_TEST(levels().young > 0U);
    BOOST_TEST(levels().old.back().files == 0U);
    const std::uint64_t written = levels().written;
    BOOST_TEST(written >= levels().young);
    writer.merge_all();
    BOOST_TEST(levels().old.back().files == level_files(directory.path()));
    BOOST_TEST(levels().written == written + levels().old.back().octets);
}

BOOST_AUTO_TEST_SUITE_END()
