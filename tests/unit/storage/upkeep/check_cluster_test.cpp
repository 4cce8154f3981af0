// The check of a store of objects names damage, and finds what killed writers have left, which is
// removed unless somebody may still need it.
#include "storage/upkeep/check_cluster.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <iterator>
#include <random>
#include <string>
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
    // The directory, whose reading is of no interest, is 256 objects.
    for (std::uint64_t at = 257; at < steps; ++at) {
        cluster.objects = before;
        cluster.locks.clear();
        cluster.prepare = [&](MemoryObjects& objects) { objects.ends_at = at; };
        BOOST_CHECK_THROW(import_from(batch), Ended);
        const std::size_t of_batches = count_batch_objects();
        const CheckResult found = check(Clean::yes);
        const bool has_ended = ended_batches() == 2;
        BOOST_TEST((count_batch_objects() == of_batches || has_ended), "step " << at);
        cluster.locks.clear();
        const CheckResult cleaned = check(Clean::yes);
        BOOST_TEST(cleaned.left == cleaned.removed, "step " << at);
        left += found.removed + cleaned.removed;
        BOOST_TEST(check().left == 0U, "step " << at);
        BOOST_TEST(check().unlisted == 0U, "step " << at);
        import_from(batch);
        expect_store(oracle, seed);
        BOOST_TEST(count_batch_objects() == 0U, "step " << at);
    }
    BOOST_TEST(left > 10U);
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
