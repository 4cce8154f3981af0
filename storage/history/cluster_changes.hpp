// The changes that batches make to the maps of a store of objects (storage/tablet).
//
// The names are merged tablet by tablet. The pivots of records that are new there are gathered, and
// written before any of these tablets is: a record is never there without its pivots.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/arena.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/cluster/known_sources.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/batch_changes.hpp"
#include "storage/history/cluster_writer.hpp"
#include "storage/tablet/tablet_writer.hpp"

namespace dnshist {

// Sums up what was written. Changes that belong into a damaged block are left out, which is told.
class CountedBatch : public TabletBatch {
  public:
    // `database` is a name for the reader of messages. `refuse` outlives this.
    CountedBatch(const char* database, const RefusedChanges& refuse)
        : database_(database), refuse_(refuse) {}

    void before_writes() override {}
    void written(const BatchCounts& counts) override { counts_ += counts; }
    void refused(std::size_t begin, std::size_t end, const DamagedBlock& damage) override {
        refuse_(database_, key(begin), damage, end - begin);
    }
    const BatchCounts& counts() const noexcept { return counts_; }

  private:
    const char* database_;
    const RefusedChanges& refuse_;
    BatchCounts counts_;
};

// Pivots that are to be there.
class PivotBatch final : public CountedBatch {
  public:
    // `keys` are sorted, each once, and outlive this.
    PivotBatch(const std::vector<Octets>& keys, const RefusedChanges& refuse)
        : CountedBatch(store_meta::pivots_database, refuse), keys_(keys) {}

    std::size_t size() const override { return keys_.size(); }
    Octets key(std::size_t i) const override { return keys_[i]; }
    std::unique_ptr<BlockChanges> changes(std::size_t begin, std::size_t end) override {
        return std::make_unique<Changes>(std::span(keys_).subspan(begin, end - begin));
    }
    // A mark has no place for pivots: they are its records.
    BatchCounts merged(BlockChanges& changes) override {
        return {.records = static_cast<const Changes&>(changes).inserted};
    }

  private:
    struct Changes final : BlockChanges {
        std::span<const Octets> keys;
        std::size_t next = 0;
        std::uint64_t inserted = 0;

        explicit Changes(std::span<const Octets> all) : keys(all) {}
        std::optional<Octets> next_key() override {
            if (next == keys.size()) return std::nullopt;
            return keys[next++];
        }
        std::optional<Octets> insert(const Neighbours&) override {
            ++inserted;
            return Octets{};
        }
        std::optional<Octets> update(Octets) override { return Octets{}; }
    };

    const std::vector<Octets>& keys_;
};

class RecordBatch final : public CountedBatch {
  public:
    struct Context {
        const KnownSources::Numbers& sources;
        SourceTexts& texts;
        std::uint32_t gap;
        // Writes pivots, given sorted and each once. Called also where there are none.
        std::function<void(const std::vector<Octets>& keys)> write_pivots;
        RefusedChanges refuse;
    };
    // Both outlive this. The batch is sorted.
    RecordBatch(Batch& batch, const Context& context)
        : CountedBatch(store_meta::names_database, context.refuse),
          context_(context),
          entries_(batch.entries()),
          counts_of_batch_(batch.counts()) {}

    std::size_t size() const override { return entries_.size(); }
    Octets key(std::size_t i) const override { return entries_[i]->key(); }
    // Whether the owner is known shows in the entries before.
    Octets least_needed(std::size_t i) const override {
        return key(i).first(owner_length(key(i)).value_or(0));
    }
    std::unique_ptr<BlockChanges> changes(std::size_t begin, std::size_t end) override {
        auto changes = std::make_unique<RecordChanges>(
            entries_.subspan(begin, end - begin), counts_of_batch_, context_.sources.of_texts,
            context_.sources.unnamed,
            RecordChanges::Store{no_levels_, no_levels_, context_.texts, context_.gap, slab_octets},
            nullptr);
        changes->begin_last_piece();
        return changes;
    }
    BatchCounts merged(BlockChanges& changes) override {
        const auto& records = static_cast<const RecordChanges&>(changes);
        for (const Octets key : records.pivots.keys())
            pivots_.push_back(arena_.keep(key));
        return {records.result.new_records, records.result.merged_records, records.result.new_names,
                0, 0};
    }
    void before_writes() override {
        sort_by_key(pivots_, [](Octets key) { return key; });
        pivots_.erase(std::unique(pivots_.begin(), pivots_.end(), equal), pivots_.end());
        // What cannot be written now is merged again.
        const std::vector<Octets> pivots = std::exchange(pivots_, {});
        context_.write_pivots(pivots);
        arena_.clear();
    }

  private:
    // A tablet has few changes.
    static constexpr std::size_t slab_octets = std::size_t{1} << 14;

    const Context& context_;
    RecordChanges::Entries entries_;
    Counts counts_of_batch_;
    OldEntries no_levels_;
    Arena arena_;  // of pivots_
    std::vector<Octets> pivots_;
};

// Removes records that a rule still says of.
class RecordRemoval final : public CountedBatch {
  public:
    // Both outlive this.
    RecordRemoval(const Removals& removals, const RefusedChanges& refuse)
        : CountedBatch(store_meta::names_database, refuse), removals_(removals) {}

    std::size_t size() const override { return removals_.records.size(); }
    Octets key(std::size_t i) const override { return as_octets(removals_.records[i].key); }
    std::unique_ptr<BlockChanges> changes(std::size_t begin, std::size_t end) override {
        return std::make_unique<Changes>(*this, begin, end);
    }
    BatchCounts merged(BlockChanges& changes) override {
        return {.records = static_cast<const Changes&>(changes).removed};
    }

  private:
    struct Changes final : BlockChanges {
        const RecordRemoval& batch;
        std::size_t next;
        std::size_t end;
        std::uint64_t removed = 0;

        Changes(const RecordRemoval& all, std::size_t from, std::size_t to)
            : batch(all), next(from), end(to) {}
        std::optional<Octets> next_key() override {
            if (next == end) return std::nullopt;
            return batch.key(next++);
        }
        std::optional<Octets> insert(const Neighbours&) override { return std::nullopt; }
        std::optional<Octets> update(Octets payload) override {
            const auto seen = glance(payload);
            const auto fate = seen ? batch.removals_.rule.fate_of(seen->seen, seen->count, payload)
                                   : std::nullopt;
            if (fate != PruneRule::Fate::goes) return payload;
            ++removed;
            return std::nullopt;
        }
    };

    const Removals& removals_;
};

// A pivot that may have to go with records that go.
struct RemovedPivot {
    std::string key;
    std::string group;  // owner and type
    auto operator<=>(const RemovedPivot&) const = default;
};

// Removes pivots that no record needs.
class PivotRemoval final : public CountedBatch {
  public:
    // needed(pivots) are those that records need, looked up now. Both outlive this.
    using Needed = std::function<std::vector<bool>(std::span<const RemovedPivot> pivots)>;
    PivotRemoval(const std::vector<RemovedPivot>& pivots, Needed needed,
                 const RefusedChanges& refuse)
        : CountedBatch(store_meta::pivots_database, refuse),
          pivots_(pivots),
          needed_(std::move(needed)) {}

    std::size_t size() const override { return pivots_.size(); }
    Octets key(std::size_t i) const override { return as_octets(pivots_[i].key); }
    std::unique_ptr<BlockChanges> changes(std::size_t begin, std::size_t end) override {
        const auto all = std::span(pivots_).subspan(begin, end - begin);
        return std::make_unique<Changes>(all, needed_(all));
    }
    BatchCounts merged(BlockChanges& changes) override {
        return {.records = static_cast<const Changes&>(changes).removed};
    }

  private:
    struct Changes final : BlockChanges {
        std::span<const RemovedPivot> pivots;
        std::vector<bool> needed;
        std::size_t next = 0;
        std::uint64_t removed = 0;

        Changes(std::span<const RemovedPivot> all, std::vector<bool> are_needed)
            : pivots(all), needed(std::move(are_needed)) {}
        std::optional<Octets> next_key() override {
            if (next == pivots.size()) return std::nullopt;
            return as_octets(pivots[next++].key);
        }
        std::optional<Octets> insert(const Neighbours&) override { return std::nullopt; }
        std::optional<Octets> update(Octets payload) override {
            if (needed[next - 1]) return payload;
            ++removed;
            return std::nullopt;
        }
    };

    const std::vector<RemovedPivot>& pivots_;
    Needed needed_;
};

}  // namespace dnshist
