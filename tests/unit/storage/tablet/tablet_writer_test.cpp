// Batches of counts in tablets, beside other writers. tablet_faults_test.cpp has what goes wrong.
#include "storage/tablet/tablet_writer.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/block/range_builder.hpp"
#include "storage/tablet/tablet_source.hpp"
#include "storage/tablet/tablet_symbols.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/tablet/count_batches.hpp"

BOOST_AUTO_TEST_SUITE(tablet_writer_test)

using namespace dnshist;
using namespace dnshist::test;

BOOST_AUTO_TEST_CASE(batches_add_up_and_tablets_are_cut) {
    std::mt19937_64 random(random_seed());
    MemoryObjects::Objects stored;
    MemoryObjects objects(stored);
    make_empty(objects);
    Reading stale(objects);  // knows the first tablet alone
    KeyCounts expected;
    for (std::uint64_t seq = 1; seq <= 20; ++seq) {
        const KeyCounts batch = random_counts(random, seq % 3 == 0 ? 300 : 5);
        std::uint64_t fresh = 0;
        for (const auto& [key, count] : batch)
            if (!expected.contains(key)) ++fresh;
        BOOST_TEST(apply(objects, batch, TabletWriter::Mark{1, seq}) == fresh);
        add(expected, batch);
        Reading newest(objects);
        BOOST_REQUIRE(newest.all() == expected);
    }
    BOOST_TEST(Reading(objects).tablets() > 5U);
    BOOST_TEST((stale.all() == expected));
    BOOST_TEST(stale.counters().splits > 0U);
    for (const auto& [key, count] : expected) {
        BOOST_TEST(stale.find(key).value_or("") == std::to_string(count));
        BOOST_TEST(!stale.find(key + "a").has_value() == !expected.contains(key + "a"));
    }
}

BOOST_AUTO_TEST_CASE(the_same_batch_again_counts_nothing) {
    std::mt19937_64 random(random_seed());
    MemoryObjects::Objects stored;
    MemoryObjects objects(stored);
    make_empty(objects);
    const KeyCounts batch = random_counts(random, 400);
    BOOST_TEST(apply(objects, batch, TabletWriter::Mark{3, 1}) == batch.size());
    apply(objects, batch, TabletWriter::Mark{3, 1});
    BOOST_TEST((Reading(objects).all() == batch));
    apply(objects, batch, TabletWriter::Mark{4, 1});  // of another lane: another batch
    KeyCounts twice = batch;
    add(twice, batch);
    BOOST_TEST((Reading(objects).all() == twice));
}

// The second writer merges a batch between any two operations of the first.
BOOST_AUTO_TEST_CASE(two_writers_lose_nothing_to_each_other) {
    std::mt19937_64 random(random_seed());
    for (int round = 0; round < 100; ++round) {
        MemoryObjects::Objects stored;
        MemoryObjects objects(stored);
        make_empty(objects);
        KeyCounts expected = random_counts(random, 200);
        apply(objects, expected, TabletWriter::Mark{1, 1});
        MemoryObjects other(stored);
        std::uint64_t seq = 0;
        objects.meanwhile = [&] {
            if (random() % 20 != 0 || seq == 8) return;
            const KeyCounts batch = random_counts(random, 1 + random() % 60);
            apply(other, batch, TabletWriter::Mark{2, ++seq});
            add(expected, batch);
        };
        const KeyCounts batch = random_counts(random, 150);
        apply(objects, batch, TabletWriter::Mark{1, 2});
        add(expected, batch);
        objects.meanwhile = nullptr;
        BOOST_REQUIRE((Reading(objects).all() == expected));
    }
}

// Writers of batches for all tablets would else meet at each.
BOOST_AUTO_TEST_CASE(each_lane_begins_at_a_tablet_of_its_own) {
    std::mt19937_64 random(random_seed());
    MemoryObjects::Objects stored;
    MemoryObjects objects(stored);
    make_empty(objects);
    const KeyCounts batch = random_counts(random, 6000);
    apply(objects, batch, {9, 1});
    BOOST_TEST_REQUIRE(Reading(objects).tablets() > 4 * small_tablets.in_flight);
    std::vector<std::string> first_objects;
    for (std::uint8_t lane = 0; lane < 4; ++lane) {
        const MemoryObjects::Objects before = stored;
        std::string first;
        objects.meanwhile = [&] {
            if (!first.empty()) return;
            for (const auto& [name, object] : stored) {
                if (before.contains(name) && before.at(name).head != object.head) first = name;
            }
        };
        apply(objects, batch, {lane, 1});
        BOOST_TEST(!first.empty());
        BOOST_TEST(std::ranges::count(first_objects, first) == 0);
        first_objects.push_back(first);
    }
    objects.meanwhile = nullptr;
    for (const auto& [key, count] : Reading(objects).all())
        BOOST_TEST(count == batch.at(key) * 5);
}

// As after a large import elsewhere. Each tablet links to the next one only: by links alone, there
// would be a round, or a round trip, for each tablet.
BOOST_AUTO_TEST_CASE(a_map_that_is_far_behind_is_read_again) {
    std::mt19937_64 random(random_seed());
    MemoryObjects::Objects stored;
    MemoryObjects objects(stored);
    make_empty(objects);
    TabletMap behind;
    behind.load(objects);
    Reading reading(objects);
    const KeyCounts counts = random_counts(random, 6000);
    apply(objects, counts, {1, 1});
    const std::size_t tablets = Reading(objects).tablets();
    BOOST_TEST_REQUIRE(tablets > 50U);

    NoSymbols symbols;
    CountBatch batch(counts);
    TabletWriter(objects, behind, symbols, TabletSpace::names, small_tablets).apply(batch, {2, 1});
    BOOST_TEST(batch.rounds <= 2 * tablets / small_tablets.in_flight + 3);

    const auto& [last, count] = *counts.rbegin();
    BOOST_TEST(reading.find(last).value_or("") == std::to_string(2 * count));
    BOOST_TEST(reading.counters().round_trips <= links_before_load + 1);
    BOOST_TEST(reading.tablets() >= tablets);
}

// Blocks are cut anew behind and before a walk: it meets each key once, in order, and none that was
// there from the beginning is left out.
BOOST_AUTO_TEST_CASE(a_walk_goes_on_in_order_while_others_write) {
    std::mt19937_64 random(random_seed());
    for (int round = 0; round < 100; ++round) {
        MemoryObjects::Objects stored;
        MemoryObjects objects(stored);
        make_empty(objects);
        const KeyCounts first = random_counts(random, 300);
        apply(objects, first, {1, 1});
        MemoryObjects other(stored);
        Reading reading(objects);
        std::uint64_t seq = 0;
        objects.meanwhile = [&] { apply(other, random_counts(random, 40), {2, ++seq}); };
        KeyCounts met;
        std::string last;
        reading.walk([&](const std::string& key, const std::string&) {
            BOOST_REQUIRE(last < key);
            last = key;
            met[key] = 1;
        });
        objects.meanwhile = nullptr;
        for (const auto& [key, count] : first)
            BOOST_REQUIRE(met.contains(key));
    }
}

BOOST_AUTO_TEST_CASE(built_tablets_are_read_back) {
    std::mt19937_64 random(random_seed());
    const KeyCounts counts = random_counts(random, 1000);
    MemoryObjects::Objects stored;
    MemoryObjects objects(stored);
    NoSymbols symbols;
    RangeBuilder range(symbols, small_tablets.block_page);
    range.clear();
    std::deque<std::string> payloads;
    for (const auto& [key, count] : counts)
        range.add(as_octets(key), as_octets(payloads.emplace_back(std::to_string(count))));
    range.encode();
    TabletBuilder builder(objects, TabletSpace::names, small_tablets);
    for (std::size_t i = 0; i < range.blocks(); ++i)
        builder.add(i == 0 ? Octets(lowest_key) : range.key(i), range.block(i));
    builder.finish();
    Reading reading(objects);
    BOOST_TEST(reading.tablets() > 5U);
    BOOST_TEST((reading.all() == counts));
    apply(objects, counts, TabletWriter::Mark{1, 1});
    KeyCounts twice = counts;
    add(twice, counts);
    BOOST_TEST((Reading(objects).all() == twice));
}

BOOST_AUTO_TEST_SUITE_END()
