// The check of a store of objects names damage, and finds what killed writers have left, which is
// removed unless somebody may still need it.
#include "storage/upkeep/check_cluster.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <iterator>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/upkeep/check.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/history/memory_cluster.hpp"

BOOST_AUTO_TEST_SUITE(check_cluster_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

CheckResult check(Clean clean = Clean::no) {
    Cluster::the().prepare = nullptr;
    return check_store(
        location,
        [](const std::string& where, const std::string& what) {
            BOOST_TEST_MESSAGE(where << ": " << what);
        },
        clean);
}

void write_some(std::uint64_t seed, std::size_t size) {
    std::mt19937_64 random(seed);
    ClusterWriter writer(location, small_cluster);
    write_batch(writer, random_batch(random, size));
}

std::size_t count_batch_objects() {
    const auto& objects = Cluster::the().objects;
    return static_cast<std::size_t>(std::ranges::count_if(
        objects, [](const auto& object) { return object.first.starts_with("b."); }));
}

Journal read_journal_of_store() {
    MemoryObjects objects(Cluster::the().objects);
    return read_journal(objects);
}

std::uint64_t ended_batches() {
    std::uint64_t ended = 0;
    for (const auto& [number, lane] : read_journal_of_store().lanes)
        ended += lane.ended;
    return ended;
}

std::string first_tablet_object() {
    return Cluster::the().objects.lower_bound("t0")->first;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_whole_store_has_nothing_left) {
    Cluster::the().clear();
    write_some(random_seed(), 400);
    const CheckResult result = check();
    BOOST_TEST(result.problems == 0U);
    BOOST_TEST(result.left == 0U);
    BOOST_TEST(result.unlisted == 0U);
    BOOST_TEST(result.unfinished.empty());
    const auto before = Cluster::the().objects.size();
    BOOST_TEST(check(Clean::yes).removed == 0U);
    BOOST_TEST(Cluster::the().objects.size() == before);
}

// A writer ends at any operation. Nothing is removed while its lane is locked that it may need; all
// is once it is known to have ended; and its batch is counted once all the same.
BOOST_AUTO_TEST_CASE(what_a_killed_writer_has_left_is_removed) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster& cluster = Cluster::the();
    cluster.clear();
    Oracle oracle;
    {
        ClusterWriter writer(location, small_cluster);
        write_random(writer, oracle, random, 60);
    }
    const SeenBatch batch = random_batch(random, 60);
    add_to(oracle, batch);
    const MemoryObjects::Objects before = cluster.objects;
    import_from(batch);
    const std::uint64_t steps = cluster.steps;
    std::uint64_t left = 0;
    std::uint64_t explained = 0;
    // The directory, whose reading is of no interest, is 256 objects.
    for (std::uint64_t at = 257; at < steps; ++at) {
        cluster.objects = before;
        cluster.locks.clear();
        cluster.prepare = [&](MemoryObjects& objects) { objects.ends_at = at; };
        BOOST_CHECK_THROW(import_from(batch), Ended);
        const std::size_t of_batches = count_batch_objects();
        const CheckResult found = check(Clean::yes);
        // What is written in part is no fault.
        BOOST_TEST(found.problems == 0U, "step " << at);
        explained += found.explained;
        const bool has_ended = ended_batches() == 2;
        BOOST_TEST((count_batch_objects() == of_batches || has_ended), "step " << at);
        cluster.locks.clear();
        const CheckResult cleaned = check(Clean::yes);
        BOOST_TEST(cleaned.left == cleaned.removed, "step " << at);
        left += found.removed + cleaned.removed;
        BOOST_TEST(check().left == 0U, "step " << at);
        BOOST_TEST(check().unlisted == 0U, "step " << at);
        import_from(batch);
        BOOST_TEST(check().explained == 0U, "step " << at);
        expect_store(oracle, seed);
        BOOST_TEST(count_batch_objects() == 0U, "step " << at);
    }
    BOOST_TEST(left > 10U);
    BOOST_TEST(explained > 10U);
}

// As a_writer_that_was_given_up_does_no_harm, and the store is cleaned before that one goes on.
BOOST_AUTO_TEST_CASE(cleaning_does_no_harm_to_a_writer_that_was_given_up) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    std::uint64_t removed = 0;
    for (std::uint64_t stop = 257;; ++stop) {
        Cluster& cluster = Cluster::the();
        cluster.clear();
        { const ClusterWriter empty(location, small_cluster); }
        Oracle oracle;
        std::uint64_t step = 0;
        const SeenBatch first = random_batch(random, 60);
        add_to(oracle, first);
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&] {
                if (step++ != stop) return;
                cluster.prepare = nullptr;
                cluster.locks.clear();
                if (stop % 2 == 0) {
                    ClusterWriter other(location, small_cluster);
                    write_random(other, oracle, random, 30);
                }
                removed += check(Clean::yes).removed;
                cluster.locks.clear();
                ClusterWriter other(location, small_cluster);
                write_random(other, oracle, random, 30);
            };
        };
        {
            ClusterWriter writer(location, small_cluster);
            write_batch(writer, first);
            write_random(writer, oracle, random, 30);
        }
        expect_store(oracle, seed);
        if (step <= stop) break;
    }
    BOOST_TEST(removed > 10U);
}

// A pivot without a record, or a record without a pivot, is a fault unless a batch explains that
// very one.
BOOST_AUTO_TEST_CASE(what_no_batch_explains_is_a_fault) {
    std::mt19937_64 random(random_seed());
    Cluster& cluster = Cluster::the();
    for (const TabletSpace space : {TabletSpace::names, TabletSpace::pivots}) {
        cluster.clear();
        const std::string tablet = tablet_object(first_tablet(space));
        MemoryObjects::Object before;
        {
            ClusterWriter writer(location, {});
            write_batch(writer, random_batch(random, 30));
            before = cluster.objects.at(tablet);
            write_batch(writer, random_batch(random, 60));
        }
        BOOST_TEST(check().problems == 0U);
        // The entries alone: the head says that the batch is there.
        cluster.objects.at(tablet).entries = before.entries;
        const std::uint64_t problems = check().problems;
        BOOST_TEST(problems > 1U);
        const auto end_when_begun = [](MemoryObjects& objects) {
            objects.meanwhile = [] {
                const auto lanes = read_journal_of_store().lanes;
                if (!lanes.empty() && lanes.begin()->second.is_unfinished()) throw Ended();
            };
        };
        cluster.prepare = end_when_begun;
        const SeenBatch other{address("other.example.", 9)};
        BOOST_CHECK_THROW(import_from(other), Ended);
        cluster.locks.clear();
        const CheckResult beside = check();
        BOOST_TEST(beside.unfinished.size() == 1U);
        BOOST_TEST(beside.explained == 0U);
        // Only the counts are not compared.
        BOOST_TEST(beside.statistics_are_open);
        BOOST_TEST(beside.problems > 1U);
        BOOST_TEST(beside.problems <= problems);
    }
}

namespace {

// A writer in a thread, which does an operation when it is its turn and waits else.
class Turns {
  public:
    // Of the writer.
    void wait() {
        std::unique_lock lock(mutex_);
        if (is_free_) return;
        is_waiting_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return is_free_ || has_turn_; });
        has_turn_ = false;
        is_waiting_ = false;
    }
    void end() {
        const std::lock_guard lock(mutex_);
        has_ended_ = true;
        changed_.notify_all();
    }
    // Of the other one: lets it do so many.
    void let(std::uint64_t operations) {
        std::unique_lock lock(mutex_);
        const auto rests = [this] { return has_ended_ || (is_waiting_ && !has_turn_); };
        for (changed_.wait(lock, rests); operations > 0 && !has_ended_; --operations) {
            has_turn_ = true;
            changed_.notify_all();
            changed_.wait(lock, rests);
        }
    }
    void free() {
        const std::lock_guard lock(mutex_);
        is_free_ = true;
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_waiting_ = false;
    bool has_turn_ = false;
    bool has_ended_ = false;
    bool is_free_ = false;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_check_beside_a_writer_finds_no_fault) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster& cluster = Cluster::the();
    std::uint64_t beside = 0;
    for (int round = 0; round < 8; ++round) {
        cluster.clear();
        write_some(seed + static_cast<std::uint64_t>(round), 200);
        Turns turns;
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&turns] { turns.wait(); };
        };
        std::atomic<bool> is_over = false;
        std::thread thread([&, writer_seed = random()] {
            std::mt19937_64 choice(writer_seed);
            turns.wait();
            {
                ClusterWriter writer(location, small_cluster);
                while (!is_over) {
                    write_batch(writer, random_batch(choice, 1 + choice() % 60));
                    if (choice() % 3 != 0) continue;
                    PruneRule rule;
                    rule.fewer_than = 2 + choice() % 3;
                    for (PruneProgress progress; !progress.done();)
                        writer.prune(rule, progress, now);
                }
            }
            turns.end();
        });
        turns.let(400);  // it has opened the store
        std::mt19937_64 choice(random());
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&] {
                if (choice() % 2 == 0) turns.let(choice() % 20);
            };
        };
        const CheckResult result = check_store(location, [&](const auto& where, const auto& what) {
            BOOST_TEST_MESSAGE(where << ": " << what);
        });
        BOOST_TEST(result.problems == 0U, "seed " << seed << ", round " << round);
        beside += result.statistics_are_open ? 1 : 0;
        is_over = true;
        turns.free();
        thread.join();
        const CheckResult after = check();
        BOOST_TEST(after.problems == 0U);
        BOOST_TEST(!after.statistics_are_open);
    }
    BOOST_TEST(beside > 4U);
}

BOOST_AUTO_TEST_CASE(a_tablet_that_the_directory_lacks_is_added) {
    Cluster::the().clear();
    write_some(random_seed(), 400);
    for (auto& [name, object] : Cluster::the().objects) {
        if (name.size() == 3 && name != "d01" && name != "d02") object.entries.clear();
    }
    const CheckResult found = check();
    BOOST_TEST(found.problems == 0U);
    BOOST_TEST(found.unlisted > 2U);
    BOOST_TEST(check(Clean::yes).listed == found.unlisted);
    BOOST_TEST(check().unlisted == 0U);
}

BOOST_AUTO_TEST_CASE(damaged_and_missing_tablets_are_named) {
    Cluster& cluster = Cluster::the();
    cluster.clear();
    write_some(random_seed(), 400);
    const MemoryObjects::Objects before = cluster.objects;
    const std::vector<std::function<void()>> damages = {
        [&] { cluster.objects[first_tablet_object()].head = "?"; },
        [&] { cluster.objects.erase(std::prev(cluster.objects.end())); },
        [&] {
            auto& object = cluster.objects.rbegin()->second;
            TabletHead head = *decode_head(object.head);
            head.lower += "x";
            object.head = encode_head(head);
        },
        [&] {
            auto& object = cluster.objects.rbegin()->second;
            TabletHead head = *decode_head(object.head);
            head.right = 1;
            object.head = encode_head(head);
        },
    };
    for (const auto& damage : damages) {
        cluster.objects = before;
        damage();
        const CheckResult result = check(Clean::yes);
        BOOST_TEST(result.problems > 1U);
        BOOST_TEST(result.records == 0U);
        BOOST_TEST(result.removed == 0U);
    }
}

BOOST_AUTO_TEST_CASE(a_batch_that_was_begun_stays_and_is_told_of) {
    Cluster& cluster = Cluster::the();
    cluster.clear();
    std::mt19937_64 random(random_seed());
    { const ClusterWriter empty(location, small_cluster); }
    cluster.prepare = [&](MemoryObjects& objects) {
        // Ends once its octets are there and the journal says so.
        objects.meanwhile = [&] {
            if (!read_journal_of_store().lanes.empty() &&
                read_journal_of_store().lanes.begin()->second.is_unfinished())
                throw Ended();
        };
    };
    BOOST_CHECK_THROW(import_from(random_batch(random, 60)), Ended);
    cluster.locks.clear();
    const std::size_t parts = count_batch_objects();
    BOOST_TEST(parts > 0U);
    const CheckResult result = check(Clean::yes);
    BOOST_TEST(result.unfinished.size() == 1U);
    BOOST_TEST(count_batch_objects() == parts);
}

BOOST_AUTO_TEST_SUITE_END()
