// Batches that add counts to those of keys in tablets, and the counts read back.
#pragma once

#include <boost/test/unit_test.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/tablet/tablet_source.hpp"
#include "storage/tablet/tablet_writer.hpp"
#include "tests/unit/storage/block/memory_blocks.hpp"
#include "tests/unit/storage/tablet/memory_objects.hpp"

namespace dnshist::test {

using KeyCounts = std::map<std::string, std::uint64_t>;

// Small, so that a few hundred keys fill many tablets.
inline constexpr TabletLimits small_tablets{1500, 300, 8};

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
    explicit CountBatch(const KeyCounts& counts) : all_(counts.begin(), counts.end()) {}

    std::size_t size() const override { return all_.size(); }
    Octets key(std::size_t i) const override { return as_octets(all_[i].first); }
    std::unique_ptr<BlockChanges> changes(std::size_t begin, std::size_t end) override {
        return std::make_unique<AddCounts>(all_, begin, end);
    }
    BatchCounts merged(BlockChanges& changes) override {
        return {.records = static_cast<AddCounts&>(changes).inserted};
    }
    void before_writes() override { ++rounds; }
    void written(const BatchCounts& counts) override { records += counts.records; }
    void refused(std::size_t, std::size_t, const DamagedBlock& damage) override {
        BOOST_ERROR(damage.what());
    }

    std::uint64_t records = 0;
    std::uint64_t rounds = 0;  // of tablets that are written together

  private:
    std::vector<std::pair<std::string, std::uint64_t>> all_;
};

inline KeyCounts random_counts(std::mt19937_64& random, std::size_t keys) {
    KeyCounts counts;
    for (std::size_t i = 0; i < keys; ++i) {
        std::string key;
        for (std::size_t k = 3 + random() % 9; k > 0; --k)
            key.push_back(static_cast<char>('a' + random() % (k > 6 ? 3 : 20)));
        counts[key] += 1 + random() % 9;
    }
    return counts;
}

inline void add(KeyCounts& all, const KeyCounts& more) {
    for (const auto& [key, count] : more)
        all[key] += count;
}

inline void make_empty(MemoryObjects& objects) {
    TabletBuilder(objects, TabletSpace::names, small_tablets).finish();
}

// One process that knows some tablets of the store, and merges a batch. The number of new keys.
inline std::uint64_t apply(MemoryObjects& objects, TabletMap& map, const KeyCounts& counts,
                           const TabletWriter::Mark& mark) {
    NoSymbols symbols;
    CountBatch batch(counts);
    TabletWriter(objects, map, symbols, TabletSpace::names, small_tablets).apply(batch, mark);
    return batch.records;
}

// Likewise, and it opens the store.
inline std::uint64_t apply(MemoryObjects& objects, const KeyCounts& counts,
                           const TabletWriter::Mark& mark) {
    TabletMap map;
    map.load(objects);
    return apply(objects, map, counts, mark);
}

class Reading {
  public:
    explicit Reading(MemoryObjects& objects) : objects_(objects) { map_.load(objects); }
    // Knows these tablets, by lower bound, as another process knew them earlier.
    using Tablets = std::vector<std::pair<std::string, std::uint64_t>>;
    Reading(MemoryObjects& objects, const Tablets& tablets) : objects_(objects) {
        for (const auto& [lower, id] : tablets)
            map_.learn(TabletSpace::names, lower, id);
    }

    KeyCounts all() {
        KeyCounts found;
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
    NoSymbols symbols_;
    TabletCounters counters_;
};

}  // namespace dnshist::test
