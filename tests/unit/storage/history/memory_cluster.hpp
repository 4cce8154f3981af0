// A cluster in memory for the tests of a store of objects, and batches of random records for it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "storage/history/cluster_writer.hpp"
#include "storage/object/open_objects.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/unit/storage/tablet/memory_objects.hpp"

namespace dnshist::test {

inline const std::string location = "memory://pool/store";
inline constexpr Seconds now{1'700'000'000};

// The cluster, and how the next process that opens the store fares.
struct Cluster {
    MemoryObjects::Objects objects;
    MemoryObjects::Locks locks;
    std::map<std::string, MemoryObjects::Objects>
        others;  // other namespaces than that of `location`
    std::function<void(MemoryObjects&)> prepare;
    std::uint64_t steps = 0;  // operations of the process that opened it last

    static Cluster& the();
    void clear() {
        objects.clear();
        locks.clear();
        others.clear();
        prepare = nullptr;
    }
};

// Counts the operations of its process.
class CountedObjects final : public ObjectStore {
  public:
    explicit CountedObjects(const std::string& space)
        : objects_(space == "store" ? Cluster::the().objects : Cluster::the().others[space]) {
        objects_.locks = &Cluster::the().locks;
        if (Cluster::the().prepare) Cluster::the().prepare(objects_);
    }
    void read(std::span<ObjectRead> reads) override {
        counting([&] { objects_.read(reads); });
    }
    void write(std::span<ObjectWrite> writes) override {
        counting([&] { objects_.write(writes); });
    }
    void remove(std::span<const std::string> names) override {
        counting([&] { objects_.remove(names); });
    }
    std::vector<std::string> list() override { return objects_.list(); }
    bool try_lock(const std::string& name, const std::string& holder,
                  std::uint32_t seconds) override {
        return objects_.try_lock(name, holder, seconds);
    }
    void unlock(const std::string& name, const std::string& holder) override {
        objects_.unlock(name, holder);
    }
    void break_lock(const std::string& name) override { objects_.break_lock(name); }

  private:
    template <class Act>
    void counting(Act&& act) {
        act();
        Cluster::the().steps = objects_.steps;
    }

    MemoryObjects objects_;
};

inline Cluster& Cluster::the() {
    static Cluster cluster;
    static const bool is_added = [] {
        add_object_opener("memory", [](const ObjectLocation& opened, Patience) {
            return std::make_unique<CountedObjects>(opened.space);
        });
        return true;
    }();
    static_cast<void>(is_added);
    return cluster;
}

// Small, so that a hundred records fill several tablets.
inline const ClusterWriter::Options small_cluster{default_gap, {}, {1500, 300, 8}};

using SeenBatch = std::vector<Seen>;

inline SeenBatch random_batch(std::mt19937_64& random, std::size_t size) {
    SeenBatch batch;
    for (std::size_t i = 0; i < size; ++i)
        batch.push_back(random_seen(random));
    return batch;
}

inline void add_to(Oracle& oracle, const SeenBatch& batch) {
    for (const Seen& seen : batch)
        oracle.add(seen);
}

inline void fill(Batch& batch, const SeenBatch& all) {
    for (const Seen& seen : all)
        add(batch, seen);
}

inline FeedPosition position_at(std::uint64_t offset) {
    FeedPosition position;
    position.head.fill(7);
    position.offset = offset;
    position.name = "feed";
    return position;
}

inline ApplyResult write_batch(ClusterWriter& writer, const SeenBatch& all) {
    Batch batch(writer.gap());
    fill(batch, all);
    return writer.apply(batch, std::nullopt, {}, now);
}

// Writes a random batch of this size, of which the oracle hears too.
inline ApplyResult write_random(ClusterWriter& writer, Oracle& oracle, std::mt19937_64& random,
                                std::size_t size) {
    const SeenBatch batch = random_batch(random, size);
    add_to(oracle, batch);
    return write_batch(writer, batch);
}

// An importer that goes on where the store says that its feed is.
inline void import_from(const SeenBatch& batch) {
    ClusterWriter writer(location, small_cluster);
    const auto feeds = writer.feeds();
    std::uint64_t offset = 0;
    std::optional<std::uint32_t> number;
    for (const auto& feed : feeds) {
        if (feed.position.offset <= offset) continue;
        offset = feed.position.offset;
        number = feed.number;
    }
    if (offset == 2) return;
    if (!number) number = writer.new_feed();
    Batch made(writer.gap());
    fill(made, batch);
    writer.apply(made, number, position_at(2), now);
}

inline void import_random(Oracle& oracle, std::mt19937_64& random, std::size_t size) {
    const SeenBatch batch = random_batch(random, size);
    add_to(oracle, batch);
    import_from(batch);
}

inline void expect_store(const Oracle& oracle, std::uint64_t seed) {
    Cluster::the().prepare = nullptr;
    expect_equal(location, oracle, seed);
}

}  // namespace dnshist::test
