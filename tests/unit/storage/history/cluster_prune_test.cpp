// Prunes of a store of objects beside another writer.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/history/memory_cluster.hpp"

BOOST_AUTO_TEST_SUITE(cluster_prune_test)

using namespace dnshist;
using namespace dnshist::test;

BOOST_AUTO_TEST_CASE(a_prune_beside_another_writer_removes_what_the_rule_says) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    const Seconds limit{1'550'000'000};
    for (int round = 0; round < 40; ++round) {
        Cluster& cluster = Cluster::the();
        cluster.clear();
        Oracle oracle;
        {
            ClusterWriter writer(location, small_cluster);
            write_random(writer, oracle, random, 200);
        }
        // The other one sees some of the same records, later or earlier.
        SeenBatch more = random_batch(random, 60);
        for (Seen& seen : more) {
            if (random() % 2 == 0) continue;
            const auto known =
                std::next(oracle.records.begin(),
                          static_cast<std::ptrdiff_t>(random() % oracle.records.size()));
            std::tie(seen.owner, seen.type, seen.rdata) = known->first;
        }
        std::uint64_t step = 0;
        const std::uint64_t at = random() % 250;
        bool is_added = false;
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&] {
                if (step++ != at) return;
                cluster.prepare = nullptr;
                ClusterWriter other(location, small_cluster);
                write_batch(other, more);
                is_added = true;
            };
        };
        PruneRule rule;
        rule.last_before = limit;
        {
            ClusterWriter writer(location, small_cluster);
            cluster.prepare = nullptr;
            PruneProgress progress;
            while (!progress.done())
                writer.prune(rule, progress, now);
        }
        // Once more, for what the other writer has added behind.
        {
            ClusterWriter writer(location, small_cluster);
            if (!is_added) write_batch(writer, more);
            PruneProgress progress;
            while (!progress.done())
                writer.prune(rule, progress, now);
        }
        // A record may be removed before the other sees it again, or after: only what is left and
        // when it was seen last is sure.
        std::map<Oracle::Key, Seconds> last;
        add_to(oracle, more);
        for (const auto& [key, record] : oracle.records) {
            for (const auto& intervals : record.intervals)
                for (const Period interval : intervals)
                    last[key] = std::max(last[key], interval.end);
        }
        std::erase_if(last, [&](const auto& each) { return each.second < limit; });
        History history(location);
        Snapshot snapshot(history);
        RecordCursor cursor(snapshot);
        std::size_t found = 0;
        for (cursor.seek_all(); cursor.next(); ++found) {
            const StoredRecord& stored = cursor.record();
            const auto known = last.find({Name::from_key(stored.owner)->text(), stored.type,
                                          std::string(as_text(stored.rdata))});
            BOOST_TEST_REQUIRE((known != last.end()), "seed " << seed);
            BOOST_TEST_REQUIRE((known->second == stored.seen.end), "seed " << seed);
        }
        BOOST_TEST_REQUIRE(found == last.size(), "seed " << seed);
        std::size_t missing = 0;
        check_store(location, [&](const std::string& where, const std::string& what) {
            // Numbers of names may differ where a name went and came at once.
            if (what.find(" names are counted") == std::string::npos) {
                BOOST_TEST_MESSAGE(where << ": " << what);
                ++missing;
            }
        });
        BOOST_TEST(missing == 0U, "seed " << seed);
    }
}

// The tablets of a name were cut within it, and have none of it any more.
BOOST_AUTO_TEST_CASE(a_name_that_was_in_several_tablets_is_new_again_once) {
    Cluster::the().clear();
    SeenBatch whole;
    for (unsigned i = 0; i < 250; ++i)
        whole.push_back(address("large.example.", static_cast<std::uint8_t>(i)));
    ClusterWriter writer(location, small_cluster);
    write_batch(writer, whole);
    PruneRule rule;
    rule.last_before = Seconds{1'650'000'000};
    const auto prune = [&] {
        for (PruneProgress progress; !progress.done();)
            writer.prune(rule, progress, now);
    };
    // One record, in the last of the tablets or in the first; and some in all of them.
    for (const SeenBatch& batch : {SeenBatch{whole.back()}, SeenBatch{whole.front()}, whole}) {
        prune();
        BOOST_TEST(write_batch(writer, batch).new_names == 1U);
        Oracle oracle;
        add_to(oracle, batch);
        expect_store(oracle, 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
