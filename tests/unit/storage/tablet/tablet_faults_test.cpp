// Batches of counts in tablets, each counted once wherever its writer ends, on a store that fails,
// delays, reorders, and forgets replies.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/tablet/count_batches.hpp"

BOOST_AUTO_TEST_SUITE(tablet_faults_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

// How a store fares while a batch is written.
struct Trouble {
    std::uint64_t forgets_one_in;
    std::uint64_t fails_one_in;
    bool reorders;
};
constexpr Trouble troubles[] = {
    {0, 0, false}, {0, 0, true}, {4, 0, true}, {0, 12, true}, {6, 20, true}};

// A store with a few tablets, and a batch that is to be merged into it.
struct Prepared {
    explicit Prepared(std::mt19937_64& random) {
        MemoryObjects objects(stored);
        make_empty(objects);
        expected = random_counts(random, 10 + random() % 50);
        apply(objects, expected, {1, 1});
        TabletMap map;
        map.load(objects);
        for (std::string key(lower_of_all); key != upper_of_all;) {
            const TabletMap::Place place = map.find(TabletSpace::names, key);
            tablets.emplace_back(place.lower, place.id);
            key = place.upper;
        }
        batch = random_counts(random, 3 + random() % 40);
        add(expected, batch);
        MemoryObjects::Objects whole = stored;
        MemoryObjects undisturbed(whole);
        write(undisturbed);
        steps = undisturbed.steps;
    }

    // A process that knows the tablets of the beginning: reading the directory is of no interest.
    void write(MemoryObjects& objects) const {
        TabletMap map;
        for (const auto& [lower, id] : tablets)
            map.learn(TabletSpace::names, lower, id);
        apply(objects, map, batch, {1, 2});
    }

    MemoryObjects::Objects stored;
    Reading::Tablets tablets;
    KeyCounts batch;
    KeyCounts expected;
    std::uint64_t steps;
};

// Three processes end, the first at this step. The number of ends.
std::uint64_t end_thrice(const Prepared& prepared, const Trouble& trouble, std::uint64_t step,
                         std::mt19937_64& random) {
    MemoryObjects::Objects stored = prepared.stored;
    MemoryObjects::Late late;
    std::uint64_t ends = 0;
    for (const std::uint64_t at : {step, random() % prepared.steps, random() % prepared.steps}) {
        MemoryObjects objects(stored, random());
        objects.late = &late;
        objects.reorders = trouble.reorders;
        objects.forgets_one_in = trouble.forgets_one_in;
        objects.fails_one_in = trouble.fails_one_in;
        objects.ends_at = at;
        objects.ends_after = random() % 2 != 0;
        try {
            prepared.write(objects);
        } catch (const std::runtime_error&) {
            // Ended, or an ObjectError that it does not survive.
            ++ends;
        }
    }
    MemoryObjects objects(stored, random());
    objects.late = &late;
    prepared.write(objects);
    objects.deliver_all();
    BOOST_REQUIRE((Reading(objects, prepared.tablets).all() == prepared.expected));
    return ends;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_batch_counts_once_wherever_its_writer_ends) {
    const auto seed = random_seed();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937_64 random(seed);
        const std::uint64_t wanted = std::getenv("DNSHIST_LONG") != nullptr ? 1'000'000 : 100'000;
        for (std::uint64_t ends = 0; ends < wanted;) {
            const Prepared prepared(random);
            for (const Trouble& trouble : troubles) {
                for (std::uint64_t step = 0; step < prepared.steps; ++step)
                    ends += end_thrice(prepared, trouble, step, random);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_batch_counts_once_though_replies_are_lost) {
    std::mt19937_64 random(random_seed());
    for (int round = 0; round < 200; ++round) {
        MemoryObjects::Objects stored;
        MemoryObjects objects(stored);
        make_empty(objects);
        KeyCounts expected;
        objects.forgets_one_in = 3;
        for (std::uint64_t seq = 1; seq <= 4; ++seq) {
            const KeyCounts batch = random_counts(random, 1 + random() % 150);
            apply(objects, batch, {1, seq});
            add(expected, batch);
        }
        BOOST_REQUIRE((Reading(objects).all() == expected));
    }
}

BOOST_AUTO_TEST_SUITE_END()
