// After any crash, lost reply or writer that was given up, each batch is in a store of objects
// once.
#include <boost/test/unit_test.hpp>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/octet_buffer.hpp"
#include "storage/record/name.hpp"
#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_map.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/history/memory_cluster.hpp"

BOOST_AUTO_TEST_SUITE(cluster_faults_test)

using namespace dnshist;
using namespace dnshist::test;

// A writer that ends at any operation, before it or after it; a second one that ends too; and one
// that goes on from there.
BOOST_AUTO_TEST_CASE(a_batch_is_in_the_store_once_wherever_its_writer_ends) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster& cluster = Cluster::the();
    std::uint64_t ends = 0;
    while (ends < 3000) {
        cluster.clear();
        Oracle oracle;
        {
            ClusterWriter writer(location, small_cluster);
            for (int i = 0; i < 2; ++i) {
                write_random(writer, oracle, random, 1 + random() % 60);
            }
        }
        const SeenBatch batch = random_batch(random, 1 + random() % 60);
        add_to(oracle, batch);
        const MemoryObjects::Objects before = cluster.objects;
        import_from(batch);
        const std::uint64_t steps = cluster.steps;
        for (std::uint64_t at = 0; at < 2 * steps; ++at) {
            cluster.objects = before;
            for (const std::uint64_t step : {at / 2, random() % steps}) {
                cluster.locks.clear();
                cluster.prepare = [&](MemoryObjects& objects) {
                    objects.ends_at = step;
                    objects.ends_after = at % 2 != 0;
                };
                try {
                    import_from(batch);
                } catch (const Ended&) {
                    ++ends;
                }
            }
            cluster.locks.clear();
            cluster.prepare = nullptr;
            import_from(batch);
            expect_store(oracle, seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_batch_is_in_the_store_once_though_replies_are_lost) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 60; ++round) {
        Cluster::the().clear();
        Cluster::the().prepare = [&](MemoryObjects& objects) { objects.forgets_one_in = 6; };
        Oracle oracle;
        std::unique_ptr<ClusterWriter> writer;
        for (int i = 0; i < 6; ++i) {
            const SeenBatch seen = random_batch(random, 1 + random() % 80);
            Batch batch(default_gap);
            fill(batch, seen);
            // As who listens does: the same batch, until it is written.
            for (bool is_written = false; !is_written;) {
                try {
                    if (!writer) writer = std::make_unique<ClusterWriter>(location, small_cluster);
                    writer->apply(batch, std::nullopt, {}, now);
                    is_written = true;
                } catch (const StoreError&) {
                }
            }
            add_to(oracle, seen);
        }
        writer.reset();
        expect_store(oracle, seed);
    }
}

// A writer stands still somewhere in a batch, for so long that another one takes its lane, makes
// its batch again and writes more. Then it goes on.
BOOST_AUTO_TEST_CASE(a_writer_that_was_given_up_does_no_harm) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    for (std::uint64_t stop = 0; stop < 400; ++stop) {
        Cluster& cluster = Cluster::the();
        cluster.clear();
        Oracle oracle;
        std::uint64_t step = 0;
        const SeenBatch first = random_batch(random, 60);
        add_to(oracle, first);
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&] {
                if (step++ != stop) return;
                cluster.prepare = nullptr;
                cluster.locks.clear();
                ClusterWriter other(location, small_cluster);
                for (int i = 0; i < 2; ++i) {
                    write_random(other, oracle, random, 30);
                }
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
}

// Changes for a damaged block are left out, told and counted; the rest of the batch is taken.
BOOST_AUTO_TEST_CASE(what_belongs_into_a_damaged_block_is_left_out_alone) {
    Cluster& cluster = Cluster::the();
    cluster.clear();
    SeenBatch batch;
    for (unsigned i = 0; i < 600; ++i)
        batch.push_back(address("n" + std::to_string(i) + ".example.", 1));
    {
        ClusterWriter writer(location, small_cluster);
        write_batch(writer, batch);
    }
    // A block in the middle of a tablet of names.
    auto& tablet = cluster.objects.at(tablet_object(first_tablet(TabletSpace::names)));
    const auto block = std::next(tablet.entries.begin());
    BOOST_TEST_REQUIRE(tablet.entries.size() > 2U);
    const std::string lower = tablet.entries.begin()->first;
    const std::string upper = block->first;
    block->second = "damaged";
    std::uint64_t inside = 0;
    for (const Seen& seen : batch) {
        const Name owner = *Name::from_text(seen.owner);
        OctetBuffer<max_name_octets> key;
        put_name_key(key.data(), owner.wire());
        key.resize(owner.wire().size());
        const std::string_view text = as_text(key.octets());
        if (text >= lower && text < upper) ++inside;
    }
    BOOST_TEST_REQUIRE(inside > 0U);
    std::size_t told = 0;
    ClusterWriter::Options options = small_cluster;
    options.damage = [&](const std::string&, const std::string&) { ++told; };
    ClusterWriter writer(location, options);
    BOOST_TEST(write_batch(writer, batch).merged_records == batch.size() - inside);
    BOOST_TEST(writer.left_out() == inside);
    BOOST_TEST(told == 1U);
}

namespace {

// All tablets of the store: their objects.
std::vector<std::string> all_tablets() {
    std::vector<std::string> tablets;
    for (const auto& [name, object] : Cluster::the().objects)
        if (name.starts_with('t')) tablets.push_back(name);
    return tablets;
}

}  // namespace

// Whatever tablet is missing, of names or of pivots: what needs it is there once it is back, and
// everything else at once.
BOOST_AUTO_TEST_CASE(a_batch_waits_for_a_missing_tablet_and_others_go_on) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster& cluster = Cluster::the();
    cluster.clear();
    Oracle oracle_before;
    {
        ClusterWriter writer(location, small_cluster);
        const SeenBatch batch = random_batch(random, 400);
        add_to(oracle_before, batch);
        write_batch(writer, batch);
    }
    const MemoryObjects::Objects before = cluster.objects;
    std::uint64_t waited = 0;
    const auto tablets = all_tablets();
    BOOST_TEST_REQUIRE(tablets.size() > 4U);
    for (const std::string& tablet : tablets) {
        cluster.objects = before;
        cluster.objects.erase(tablet);
        cluster.locks.clear();
        Oracle oracle = oracle_before;
        std::size_t told = 0;
        ClusterWriter::Options options = small_cluster;
        options.damage = [&](const std::string& where, const std::string&) {
            BOOST_TEST(where == "tablet " + tablet);
            ++told;
        };
        {
            ClusterWriter writer(location, options);
            for (const std::size_t size : {200U, 1U, 1U, 1U}) {
                const SeenBatch batch = random_batch(random, size);
                add_to(oracle, batch);
                write_batch(writer, batch);
            }
            BOOST_TEST(told == writer.left_waiting());
            waited += told;
        }
        // A new writer is not held up, and ends nothing that still waits.
        ClusterWriter other(location, options);
        const SeenBatch batch = random_batch(random, 1);
        add_to(oracle, batch);
        write_batch(other, batch);
        cluster.objects[tablet] = before.at(tablet);
        { const ClusterWriter last(location, small_cluster); }
        expect_store(oracle, seed);
    }
    BOOST_TEST(waited > tablets.size() / 2);
}

BOOST_AUTO_TEST_CASE(all_else_of_a_batch_that_waits_is_written) {
    Cluster& cluster = Cluster::the();
    cluster.clear();
    SeenBatch batch;
    for (unsigned i = 0; i < 600; ++i)
        batch.push_back(address("n" + std::to_string(i) + ".example.", 1));
    {
        ClusterWriter writer(location, small_cluster);
        write_batch(writer, batch);
    }
    const std::string tablet = tablet_object(first_tablet(TabletSpace::names));
    const MemoryObjects::Object kept = cluster.objects.at(tablet);
    const auto merged = [&] {
        MemoryObjects objects(cluster.objects);
        TabletMap map;
        map.load(objects);
        std::uint64_t sum = 0;
        for (const std::uint64_t id : map.ids(TabletSpace::names)) {
            const auto found = cluster.objects.find(tablet_object(id));
            if (found == cluster.objects.end()) continue;
            const TabletHead head = *decode_head(found->second.head);
            for (const TabletMark& mark : head.marks)
                sum += mark.counts.merged;
        }
        return sum;
    };
    cluster.objects.erase(tablet);
    ClusterWriter writer(location, small_cluster);
    write_batch(writer, batch);
    BOOST_TEST(writer.left_waiting() == 1U);
    const std::uint64_t done = merged();
    BOOST_TEST(done > 400U);
    BOOST_TEST(done < 600U);
    cluster.objects[tablet] = kept;
    ClusterWriter other(location, small_cluster);
    BOOST_TEST(merged() == 600U);
}

BOOST_AUTO_TEST_CASE(nothing_more_is_begun_when_many_batches_wait) {
    Cluster& cluster = Cluster::the();
    cluster.clear();
    Oracle oracle;
    const SeenBatch batch{address("one.example.", 1)};
    const std::string tablet = tablet_object(first_tablet(TabletSpace::names));
    auto writer = std::make_unique<ClusterWriter>(location, small_cluster);
    const MemoryObjects::Object kept = cluster.objects.at(tablet);
    cluster.objects.erase(tablet);
    std::size_t taken = 0;
    const auto names_the_tablet = [&](const StoreError& error) {
        return std::string_view(error.what()).find(tablet) != std::string_view::npos;
    };
    BOOST_CHECK_EXCEPTION(
        for (; taken < most_lanes; ++taken) {
            write_batch(*writer, batch);
            add_to(oracle, batch);
        },
        StoreError, names_the_tablet);
    BOOST_TEST(taken > 10U);
    BOOST_CHECK_EXCEPTION(ClusterWriter(location, small_cluster), StoreError, names_the_tablet);
    writer.reset();
    cluster.objects[tablet] = kept;
    { const ClusterWriter last(location, small_cluster); }
    expect_store(oracle, 0);
}

// A writer ends at any operation while a tablet is missing; another one goes on; then it is back.
BOOST_AUTO_TEST_CASE(a_batch_is_once_in_the_store_whose_writer_ends_while_a_tablet_is_missing) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster& cluster = Cluster::the();
    cluster.clear();
    Oracle oracle;
    {
        ClusterWriter writer(location, small_cluster);
        const SeenBatch batch = random_batch(random, 200);
        add_to(oracle, batch);
        write_batch(writer, batch);
    }
    const SeenBatch first = random_batch(random, 60);
    const SeenBatch second = random_batch(random, 60);
    add_to(oracle, first);
    add_to(oracle, second);
    const MemoryObjects::Objects before = cluster.objects;
    const auto tablets = all_tablets();
    std::uint64_t ends = 0;
    for (std::uint64_t at = 257;; at += 1 + random() % 3) {
        const std::string& tablet = tablets[random() % tablets.size()];
        cluster.objects = before;
        cluster.locks.clear();
        cluster.objects.erase(tablet);
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.ends_at = at;
            objects.ends_after = at % 2 != 0;
        };
        bool has_ended = false;
        try {
            import_from(first);
        } catch (const Ended&) {
            has_ended = true;
            ++ends;
        }
        cluster.locks.clear();
        cluster.prepare = nullptr;
        {
            ClusterWriter other(location, small_cluster);
            write_batch(other, second);
        }
        cluster.objects[tablet] = before.at(tablet);
        import_from(first);
        { const ClusterWriter last(location, small_cluster); }
        expect_store(oracle, seed);
        if (!has_ended) break;
    }
    BOOST_TEST(ends > 10U);
}

BOOST_AUTO_TEST_SUITE_END()
