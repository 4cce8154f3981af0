// Batches in a store of objects, held against the obvious history, with all pivots and the right
// statistics; several writers beside each other. cluster_faults_test.cpp has what goes wrong.
#include "storage/history/cluster_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/history/memory_cluster.hpp"

BOOST_AUTO_TEST_SUITE(cluster_writer_test)

using namespace dnshist;
using namespace dnshist::test;

BOOST_AUTO_TEST_CASE(batches_give_the_obvious_history) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster::the().clear();
    Oracle oracle;
    {
        ClusterWriter writer(location, small_cluster);
        for (int i = 0; i < 25; ++i) {
            const std::size_t before = oracle.records.size();
            const ApplyResult result = write_random(writer, oracle, random, i % 5 == 0 ? 400 : 20);
            BOOST_TEST(result.new_records == oracle.records.size() - before, "seed " << seed);
        }
        BOOST_TEST(writer.writing().cuts > 10U);
        expect_store(oracle, seed);
    }
    expect_clean(location);
    // Nothing but tablets, directory and the few others is left.
    for (const auto& [name, object] : Cluster::the().objects)
        BOOST_TEST(!name.starts_with("b."), name);
}

BOOST_AUTO_TEST_CASE(counts_are_the_larger_ones_where_they_are_totals) {
    Cluster::the().clear();
    ClusterWriter writer(location, small_cluster);
    Seen seen = address("example.com.", 1);
    seen.count = 7;
    for (int i = 0; i < 3; ++i) {
        Batch batch(default_gap, Counts::max);
        add(batch, seen);
        BOOST_TEST(writer.apply(batch, std::nullopt, {}, now).new_records == (i == 0 ? 1U : 0U));
    }
    Oracle oracle;
    oracle.add(seen);
    expect_store(oracle, 0);
}

// The second writer applies a batch between any two operations of the first.
BOOST_AUTO_TEST_CASE(two_writers_lose_nothing_to_each_other) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 40; ++round) {
        Cluster& cluster = Cluster::the();
        cluster.clear();
        Oracle oracle;
        ClusterWriter other(location, small_cluster);
        bool is_busy = false;
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&] {
                if (is_busy || random() % 30 != 0) return;
                is_busy = true;
                write_random(other, oracle, random, 1 + random() % 40);
                is_busy = false;
            };
        };
        {
            ClusterWriter writer(location, small_cluster);
            for (int i = 0; i < 3; ++i) {
                write_random(writer, oracle, random, 1 + random() % 100);
            }
            is_busy = true;
        }
        expect_store(oracle, seed);
    }
}

BOOST_AUTO_TEST_CASE(two_imports_of_one_feed_do_not_count_it_twice) {
    Cluster::the().clear();
    std::mt19937_64 random(random_seed());
    const SeenBatch batch = random_batch(random, 10);
    Oracle oracle;
    add_to(oracle, batch);
    ClusterWriter one(location, small_cluster);
    ClusterWriter two(location, small_cluster);
    BOOST_TEST(one.feeds().empty());
    BOOST_TEST(two.feeds().empty());
    Batch first(default_gap);
    fill(first, batch);
    one.apply(first, one.new_feed(), position_at(5), now);
    Batch second(default_gap);
    fill(second, batch);
    const std::uint32_t number = two.new_feed();
    BOOST_CHECK_THROW(two.apply(second, number, position_at(5), now), StoreError);
    // One that is known, and that the other moves on.
    const auto known = two.feeds();
    const auto feed =
        std::ranges::find(known, 5U, [](const auto& each) { return each.position.offset; });
    BOOST_TEST_REQUIRE((feed != known.end()));
    Batch third(default_gap);
    one.apply(third, feed->number, position_at(9), now);
    BOOST_CHECK_THROW(two.apply(second, feed->number, position_at(8), now), StoreError);
    expect_store(oracle, 0);
}

// One looks when the other has taken a number and begun nothing.
BOOST_AUTO_TEST_CASE(two_imports_of_a_new_feed_do_not_count_a_batch_twice) {
    Cluster::the().clear();
    std::mt19937_64 random(random_seed());
    const SeenBatch seen = random_batch(random, 10);
    Oracle oracle;
    add_to(oracle, seen);
    ClusterWriter early(location, small_cluster);
    early.feeds();
    const std::uint32_t number = early.new_feed();
    ClusterWriter late(location, small_cluster);
    late.feeds();
    const std::uint32_t other = late.new_feed();
    Batch batch(default_gap);
    fill(batch, seen);
    early.apply(batch, number, position_at(5), now);
    Batch again(default_gap);
    fill(again, seen);
    BOOST_CHECK_THROW(late.apply(again, other, position_at(5), now), StoreError);
    expect_store(oracle, 0);
}

// Both go on where a third one was killed, and read the same batches.
BOOST_AUTO_TEST_CASE(two_imports_side_by_side_do_not_count_a_batch_twice) {
    Cluster::the().clear();
    std::mt19937_64 random(random_seed());
    Oracle oracle;
    const auto apply = [&](ClusterWriter& writer, const SeenBatch& seen, std::uint32_t feed,
                           std::uint64_t offset) {
        Batch batch(default_gap);
        fill(batch, seen);
        writer.apply(batch, feed, position_at(offset), now);
    };
    const SeenBatch before = random_batch(random, 10);
    add_to(oracle, before);
    std::uint32_t number = 0;
    {
        ClusterWriter killed(location, small_cluster);
        killed.feeds();
        number = killed.new_feed();
        apply(killed, before, number, 5);
    }
    ClusterWriter one(location, small_cluster);
    ClusterWriter two(location, small_cluster);
    one.feeds();
    two.feeds();
    const SeenBatch batch = random_batch(random, 10);
    add_to(oracle, batch);
    apply(one, batch, number, 6);
    BOOST_CHECK_THROW(apply(two, batch, number, 6), StoreError);
    // Whoever went on has the feed.
    const SeenBatch more = random_batch(random, 10);
    add_to(oracle, more);
    apply(one, more, number, 7);
    expect_store(oracle, 0);
}

BOOST_AUTO_TEST_CASE(readings_are_kept) {
    Cluster::the().clear();
    std::array<std::uint8_t, 16> digest{};
    digest.fill(3);
    {
        ClusterWriter writer(location, small_cluster);
        BOOST_TEST(!writer.reading(digest).has_value());
        writer.keep_reading(digest, "cof\n");
    }
    ClusterWriter writer(location, small_cluster);
    BOOST_TEST(writer.reading(digest).value_or("") == "cof\n");
}

BOOST_AUTO_TEST_CASE(all_lanes_have_writers) {
    Cluster::the().clear();
    std::vector<std::unique_ptr<ClusterWriter>> writers;
    for (int i = 0; i < most_lanes; ++i)
        writers.push_back(std::make_unique<ClusterWriter>(location, small_cluster));
    BOOST_CHECK_EXCEPTION(
        ClusterWriter(location, small_cluster), StoreError, [](const StoreError& error) {
            return std::string(error.what()).find("process " + std::to_string(::getpid())) !=
                   std::string::npos;
        });
    writers.pop_back();
    BOOST_CHECK_NO_THROW(ClusterWriter(location, small_cluster));
}

BOOST_AUTO_TEST_SUITE_END()
