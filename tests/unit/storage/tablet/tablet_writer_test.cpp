// Batches of counts in tablets: after any crash, lost reply or other writer, each is counted once.
#include "storage/tablet/tablet_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/block/range_builder.hpp"
#include "storage/tablet/tablet_source.hpp"
#include "storage/tablet/tablet_symbols.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/block/memory_blocks.hpp"
#include "tests/unit/storage/tablet/memory_objects.hpp"

BOOST_AUTO_TEST_SUITE(tablet_writer_test)

using namespace dnshist;
using test::MemoryObjects;

namespace {

using Counts = std::map<std::string, std::uint64_t>;

// Small, so that a few hundred keys fill many tablets.
constexpr TabletLimits small{1500, 300, 8};

// Adds counts to those of the keys that are there.
class AddCounts final : public BlockChanges {
  public:
    AddCounts(const std::vector<std::pair<std::string, std::uint64_t>>& all, std::size_t begin,
              std::size_t end)
        : all_(all), next_(begin), end_(end) {}

    std::optional<Octets> next_key() override {
        if (next_ == end_) return std::nullopt;
        current_ = next_++;
        return as_octets(all_[current_].first);
    }
    std::optional<Octets> insert(const Neighbours&) override {
        ++inserted;
        return keep(all_[current_].second);
    }
    std::optional<Octets> update(Octets old) override {
        return keep(std::stoull(std::string(as_text(old))) + all_[current_].second);
    }

    std::uint64_t inserted = 0;

  private:
    Octets keep(std::uint64_t count) {
        return as_octets(payloads_.emplace_back(std::to_string(count)));
    }

    const std::vector<std::pair<std::string, std::uint64_t>>& all_;
    std::size_t next_;
    std::size_t end_;
    std::size_t current_ = 0;
    std::deque<std::string> payloads_;
};

class CountBatch final : public TabletBatch {
  public:
    explicit CountBatch(const Counts& counts) : all_(counts.begin(), counts.end()) {}

    std::size_t size() const override { return all_.size(); }
    Octets key(std::size_t i) const override { return as_octets(all_[i].first); }
    std::unique_ptr<BlockChanges> changes(std::size_t begin, std::size_t end) override {
        return std::make_unique<AddCounts>(all_, begin, end);
    }
    BatchCounts merged(BlockChanges& changes) override {
        return {.records = static_cast<AddCounts&>(changes).inserted};
    }
    void before_writes() override {}
    void written(const BatchCounts& counts) override { records += counts.records; }
    void refused(std::size_t, std::size_t, const DamagedBlock& damage) override {
        BOOST_ERROR(damage.what());
    }

    std::uint64_t records = 0;

  private:
    std::vector<std::pair<std::string, std::uint64_t>> all_;
};

Counts random_counts(std::mt19937_64& random, std::size_t keys) {
    Counts counts;
    for (std::size_t i = 0; i < keys; ++i) {
        std::string key;
        for (std::size_t k = 3 + random() % 9; k > 0; --k)
            key.push_back(static_cast<char>('a' + random() % (k > 6 ? 3 : 20)));
        counts[key] += 1 + random() % 9;
    }
    return counts;
}

void add(Counts& all, const Counts& more) {
    for (const auto& [key, count] : more)
        all[key] += count;
}

void make_empty(MemoryObjects& objects) {
    TabletBuilder(objects, TabletSpace::names, small).finish();
}

// One process that opens the store and merges a batch. The number of new keys.
std::uint64_t apply(MemoryObjects& objects, const Counts& counts, const TabletWriter::Mark& mark) {
    TabletMap map;
    map.load(objects);
    test::NoSymbols symbols;
    CountBatch batch(counts);
    TabletWriter(objects, map, symbols, TabletSpace::names, small).apply(batch, mark);
    return batch.records;
}

class Reading {
  public:
    explicit Reading(MemoryObjects& objects) : objects_(objects) { map_.load(objects); }

    Counts all() {
        Counts found;
        walk([&](const std::string& key, const std::string& payload) {
            BOOST_TEST(found.emplace(key, std::stoull(payload)).second);
        });
        return found;
    }
    template <class Each>
    void walk(Each&& each) {
        TabletReader reader(objects_, map_, counters_);
        const BlockDamage damage = [](Octets, const char* fault) { BOOST_ERROR(fault); };
        BlockCursor cursor(std::make_unique<TabletSource>(reader, symbols_, TabletSpace::names),
                           symbols_, damage);
        for (cursor.seek({}); cursor.next();)
            each(std::string(as_text(cursor.key())), std::string(as_text(cursor.payload())));
    }
    std::optional<std::string> find(const std::string& key) {
        TabletReader reader(objects_, map_, counters_);
        const BlockDamage damage = [](Octets, const char* fault) { BOOST_ERROR(fault); };
        BlockCursor cursor(std::make_unique<TabletSource>(reader, symbols_, TabletSpace::names),
                           symbols_, damage);
        cursor.seek(as_octets(key));
        if (!cursor.next() || as_text(cursor.key()) != key) return std::nullopt;
        return std::string(as_text(cursor.payload()));
    }
    std::size_t tablets() const { return map_.size(TabletSpace::names); }
    TabletCounters& counters() { return counters_; }

  private:
    MemoryObjects& objects_;
    TabletMap map_;
    test::NoSymbols symbols_;
    TabletCounters counters_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(batches_add_up_and_tablets_are_cut) {
    std::mt19937_64 random(test::random_seed());
    MemoryObjects::Objects stored;
    MemoryObjects objects(stored);
    make_empty(objects);
    Reading stale(objects);  // knows the first tablet alone
    Counts expected;
    for (std::uint64_t seq = 1; seq <= 20; ++seq) {
        const Counts batch = random_counts(random, seq % 3 == 0 ? 300 : 5);
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
    std::mt19937_64 random(test::random_seed());
    MemoryObjects::Objects stored;
    MemoryObjects objects(stored);
    make_empty(objects);
    const Counts batch = random_counts(random, 400);
    BOOST_TEST(apply(objects, batch, TabletWriter::Mark{3, 1}) == batch.size());
    apply(objects, batch, TabletWriter::Mark{3, 1});
    BOOST_TEST((Reading(objects).all() == batch));
    apply(objects, batch, TabletWriter::Mark{4, 1});  // of another lane: another batch
    Counts twice = batch;
    add(twice, batch);
    BOOST_TEST((Reading(objects).all() == twice));
}

// A process that ends at any operation, before it or after it; then a second one that makes its
// batch again and ends too, and a third.
BOOST_AUTO_TEST_CASE(a_batch_counts_once_wherever_its_writer_ends) {
    std::mt19937_64 random(test::random_seed());
    std::uint64_t ends = 0;
    while (ends < 3000) {
        MemoryObjects::Objects before;
        MemoryObjects prepared(before);
        make_empty(prepared);
        Counts expected = random_counts(random, 20 + random() % 60);
        apply(prepared, expected, TabletWriter::Mark{1, 1});
        const Counts batch = random_counts(random, 5 + random() % 100);
        add(expected, batch);
        MemoryObjects::Objects whole = before;
        MemoryObjects undisturbed(whole);
        apply(undisturbed, batch, TabletWriter::Mark{1, 2});
        for (std::uint64_t at = 0; at < 2 * undisturbed.steps; ++at) {
            MemoryObjects::Objects stored = before;
            for (const std::uint64_t step : {at / 2, random() % undisturbed.steps}) {
                MemoryObjects objects(stored);
                objects.ends_at = step;
                objects.ends_after = at % 2 != 0;
                try {
                    apply(objects, batch, TabletWriter::Mark{1, 2});
                } catch (const test::Ended&) {
                    ++ends;
                }
            }
            MemoryObjects objects(stored);
            apply(objects, batch, TabletWriter::Mark{1, 2});
            BOOST_REQUIRE((Reading(objects).all() == expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_batch_counts_once_though_replies_are_lost) {
    std::mt19937_64 random(test::random_seed());
    for (int round = 0; round < 200; ++round) {
        MemoryObjects::Objects stored;
        MemoryObjects objects(stored);
        make_empty(objects);
        Counts expected;
        objects.forgets_one_in = 3;
        for (std::uint64_t seq = 1; seq <= 4; ++seq) {
            const Counts batch = random_counts(random, 1 + random() % 150);
            apply(objects, batch, TabletWriter::Mark{1, seq});
            add(expected, batch);
        }
        BOOST_REQUIRE((Reading(objects).all() == expected));
    }
}

// The second writer merges a batch between any two operations of the first.
BOOST_AUTO_TEST_CASE(two_writers_lose_nothing_to_each_other) {
    std::mt19937_64 random(test::random_seed());
    for (int round = 0; round < 100; ++round) {
        MemoryObjects::Objects stored;
        MemoryObjects objects(stored);
        make_empty(objects);
        Counts expected = random_counts(random, 200);
        apply(objects, expected, TabletWriter::Mark{1, 1});
        MemoryObjects other(stored);
        std::uint64_t seq = 0;
        objects.meanwhile = [&] {
            if (random() % 20 != 0 || seq == 8) return;
            const Counts batch = random_counts(random, 1 + random() % 60);
            apply(other, batch, TabletWriter::Mark{2, ++seq});
            add(expected, batch);
        };
        const Counts batch = random_counts(random, 150);
        apply(objects, batch, TabletWriter::Mark{1, 2});
        add(expected, batch);
        objects.meanwhile = nullptr;
        BOOST_REQUIRE((Reading(objects).all() == expected));
    }
}

// Blocks are cut anew behind and before a walk: it meets each key once, in order, and none that was
// there from the beginning is left out.
BOOST_AUTO_TEST_CASE(a_walk_goes_on_in_order_while_others_write) {
    std::mt19937_64 random(test::random_seed());
    for (int round = 0; round < 100; ++round) {
        MemoryObjects::Objects stored;
        MemoryObjects objects(stored);
        make_empty(objects);
        const Counts first = random_counts(random, 300);
        apply(objects, first, {1, 1});
        MemoryObjects other(stored);
        Reading reading(objects);
        std::uint64_t seq = 0;
        objects.meanwhile = [&] { apply(other, random_counts(random, 40), {2, ++seq}); };
        Counts met;
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
    std::mt19937_64 random(test::random_seed());
    const Counts counts = random_counts(random, 1000);
    MemoryObjects::Objects stored;
    MemoryObjects objects(stored);
    test::NoSymbols symbols;
    RangeBuilder range(symbols, small.block_page);
    range.clear();
    std::deque<std::string> payloads;
    for (const auto& [key, count] : counts)
        range.add(as_octets(key), as_octets(payloads.emplace_back(std::to_string(count))));
    range.encode();
    TabletBuilder builder(objects, TabletSpace::names, small);
    for (std::size_t i = 0; i < range.blocks(); ++i)
        builder.add(i == 0 ? Octets(lowest_key) : range.key(i), range.block(i));
    builder.finish();
    Reading reading(objects);
    BOOST_TEST(reading.tablets() > 5U);
    BOOST_TEST((reading.all() == counts));
    apply(objects, counts, TabletWriter::Mark{1, 1});
    Counts twice = counts;
    add(twice, counts);
    BOOST_TEST((Reading(objects).all() == twice));
}

BOOST_AUTO_TEST_SUITE_END()
