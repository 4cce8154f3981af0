// Live observations: when there is room for more, that all of them are written, and that a store
// which cannot be written for a time loses nothing.
#include "zonegen/import/live_batches.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"

#include <sys/resource.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <csignal>
#include <map>
#include <mutex>
#include <string>

#include "storage/record/rdata.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(live_batches_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

// While it lives, no file may be longer than this: what a full disk does, to this process alone.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t octets) {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit now = before_;
        now.rlim_cur = octets;
        BOOST_REQUIRE(setrlimit(RLIMIT_FSIZE, &now) == 0);
    }
    ~SmallDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

  private:
    rlimit before_{};
};

// Reports of the writing thread, to be waited for.
class Told {
  public:
    void tell(unsigned& count) {
        const std::lock_guard lock(mutex_);
        ++count;
        changed_.notify_all();
    }
    void wait_for_more(const unsigned& count, unsigned than) {
        std::unique_lock lock(mutex_);
        BOOST_REQUIRE(
            changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return count > than; }));
    }
    unsigned now(const unsigned& count) {
        const std::lock_guard lock(mutex_);
        return count;
    }

    void say(const std::string& why) {
        const std::lock_guard lock(mutex_);
        why_ = why;
    }
    std::string why() {
        const std::lock_guard lock(mutex_);
        return why_;
    }

    unsigned rooms = 0;
    unsigned troubles = 0;

  private:
    std::mutex mutex_;
    std::string why_;
    std::condition_variable changed_;
};

struct Fixture {
    static constexpr rlim_t small = 1;

    test::TemporaryDirectory directory;
    HistoryWriter writer;
    Told told;
    unsigned added = 0;

    explicit Fixture(const HistoryWriter::Options& options = {})
        : writer(directory.path() / "store", options) {}

    LiveBatches::Notices notices() {
        return {.room = [this] { told.tell(told.rooms); },
                .trouble =
                    [this](const std::string& why) {
                        told.say(why);
                        told.tell(told.troubles);
                    }};
    }

    void add(LiveBatches& batches, unsigned count) {
        Rdata rdata;
        BOOST_REQUIRE(rdata_from_text(Rrtype::A, "192.0.2.1", rdata));
        for (unsigned i = 0; i < count; ++i) {
            const Name owner = Name::from_text("n" + std::to_string(added++) + ".example.").value();
            Observation seen;
            seen.owner = owner.wire();
            seen.type = Rrtype::A;
            seen.rdata = rdata.octets();
            seen.seen = {Seconds{1000}, Seconds{1000}};
            batches.add(seen);
        }
    }

    // Adds as many as there is room for at once, and says how many that were.
    unsigned fill(LiveBatches& batches, unsigned at_most) {
        unsigned count = 0;
        while (count < at_most && !batches.full()) {
            add(batches, 1);
            ++count;
        }
        return count;
    }

    // The store has all that was added, each once.
    void check_all_is_there() {
        History history(directory.path() / "store");
        Snapshot snapshot(history);
        snapshot.renew();
        RecordCursor cursor(snapshot);
        cursor.seek_all();
        unsigned found = 0;
        while (cursor.next()) {
            BOOST_TEST(cursor.record().count == 1U);
            ++found;
        }
        BOOST_TEST(found == added);
    }
};

constexpr std::chrono::milliseconds at_once{1};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_was_added_is_written_in_the_end, Fixture) {
    LiveBatches batches(writer, Counts::add, 1000, notices());
    add(batches, 7);
    BOOST_TEST(!batches.full());
    BOOST_TEST(batches.finish() == 0U);
    BOOST_TEST(batches.written().observations == 7U);
    BOOST_TEST(batches.written().new_records == 7U);
    check_all_is_there();
    BOOST_TEST(batches.finish() == 0U);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_nothing, Fixture) {
    LiveBatches batches(writer, Counts::add, 1000, notices());
    batches.turn();
    BOOST_TEST(batches.finish() == 0U);
    BOOST_TEST(batches.written().observations == 0U);
}

BOOST_FIXTURE_TEST_CASE(half_a_window_is_written_at_once, Fixture) {
    LiveBatches batches(writer, Counts::add, 10, notices());
    add(batches, 4);
    BOOST_TEST(!batches.full());
    add(batches, 1);
    BOOST_TEST(!batches.full());  // it went to the writer
    told.wait_for_more(told.rooms, 0);
    BOOST_TEST(batches.written().observations == 5U);
    BOOST_TEST(batches.finish() == 0U);
    check_all_is_there();
}

BOOST_FIXTURE_TEST_CASE(what_was_added_is_written_when_its_time_has_come, Fixture) {
    LiveBatches batches(writer, Counts::add, 1000, notices());
    add(batches, 3);
    batches.turn();
    told.wait_for_more(told.rooms, 0);
    BOOST_TEST(batches.written().observations == 3U);
    check_all_is_there();
}

// A window of observations alone could take all memory: RDATA may have 64 KB.
BOOST_FIXTURE_TEST_CASE(memory_is_limited_too, Fixture) {
    constexpr std::size_t octets = std::size_t{4} << 20;
    const std::string text(60'000, 't');
    const auto fill_with_long = [&](LiveBatches& batches) {
        unsigned count = 0;
        while (count < 1000 && !batches.full()) {
            const Name owner = Name::from_text("n" + std::to_string(added++) + ".example.").value();
            Observation seen;
            seen.owner = owner.wire();
            seen.type = Rrtype{65280};
            seen.rdata = as_octets(text);
            seen.seen = {Seconds{1000}, Seconds{1000}};
            batches.add(seen);
            ++count;
        }
        return count;
    };
    LiveBatches batches(writer, Counts::add, 1'000'000, notices(), at_once, octets);
    {
        const SmallDisk disk(small);
        // As many as fit into both batches.
        const unsigned count = fill_with_long(batches);
        BOOST_TEST(count > octets / text.size());
        BOOST_TEST(count < 3 * octets / text.size());
        BOOST_TEST(batches.full());
    }
    told.wait_for_more(told.rooms, 0);
    BOOST_TEST(!batches.full());
    BOOST_TEST(batches.finish() == 0U);
    check_all_is_there();
}

BOOST_FIXTURE_TEST_CASE(many_windows, Fixture) {
    LiveBatches batches(writer, Counts::add, 20, notices());
    while (added < 1000) {
        const unsigned rooms = told.now(told.rooms);
        if (fill(batches, 1000 - added) == 0) told.wait_for_more(told.rooms, rooms);
    }
    BOOST_TEST(batches.finish() == 0U);
    BOOST_TEST(batches.written().observations == 1000U);
    BOOST_TEST(batches.written().new_records == 1000U);
    check_all_is_there();
}

namespace {

struct MergedEarly : Fixture {
    static HistoryWriter::Options options() {
        HistoryWriter::Options options;
        options.merge.least_young = 1;
        return options;
    }
    MergedEarly() : Fixture(options()) {}
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(merging_keeps_up_with_windows_that_come_without_a_pause, MergedEarly) {
    LiveBatches batches(writer, Counts::add, 40, notices());
    while (added < 3000) {
        const unsigned rooms = told.now(told.rooms);
        if (fill(batches, 3000 - added) != 0) continue;
        told.wait_for_more(told.rooms, rooms);
        History history(directory.path() / "store");
        const auto levels = Snapshot(history).levels();
        // The batch that was just written may be above the bound.
        BOOST_TEST_REQUIRE(levels.debt <= levels.most_debt + levels.young);
    }
    BOOST_TEST(batches.finish() == 0U);
    History history(directory.path() / "store");
    BOOST_TEST(Snapshot(history).levels().old.back().files != 0U);
    check_all_is_there();
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_is_full_for_a_time_loses_nothing, Fixture) {
    LiveBatches batches(writer, Counts::add, 10, notices(), at_once);
    {
        const SmallDisk disk(small);
        // Half a window for the writer, who cannot write, and half of one behind that; no more.
        BOOST_TEST(fill(batches, 100) == 10U);
        told.wait_for_more(told.troubles, 2);
        BOOST_TEST(told.why().find("store") != std::string::npos);
        BOOST_TEST(batches.full());
        BOOST_TEST(batches.written().observations == 0U);
        BOOST_TEST(told.now(told.rooms) == 0U);
    }
    told.wait_for_more(told.rooms, 0);
    BOOST_TEST(!batches.full());
    BOOST_TEST(batches.finish() == 0U);
    BOOST_TEST(batches.written().observations == 10U);
    check_all_is_there();
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_is_mended_before_the_end_loses_nothing, Fixture) {
    LiveBatches batches(writer, Counts::add, 10, notices(), std::chrono::hours{1});
    {
        const SmallDisk disk(small);
        BOOST_TEST(fill(batches, 100) == 10U);
        told.wait_for_more(told.troubles, 0);
    }
    BOOST_TEST(batches.finish() == 0U);
    BOOST_TEST(batches.written().observations == 10U);
    check_all_is_there();
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_stays_full_loses_what_is_counted, Fixture) {
    LiveBatches batches(writer, Counts::add, 10, notices(), std::chrono::hours{1});
    add(batches, 3);
    batches.turn();
    told.wait_for_more(told.rooms, 0);
    const SmallDisk disk(small);
    BOOST_TEST(fill(batches, 100) == 10U);
    BOOST_TEST(batches.finish() == 10U);
    BOOST_TEST(batches.written().observations == 3U);
    added = 3;
    check_all_is_there();
}

BOOST_AUTO_TEST_SUITE_END()
