// Merges a sorted batch into the tablets of one map, beside other writers.
//
// For each tablet that the batch has keys for: read its head and the blocks that change, merge, and
// write all of it in one operation on the condition that the head is as it was. Where another
// writer was first, that part of the batch is read and merged again. A batch of records leaves its
// mark in each tablet: who makes the batch again, after a crash or where a reply was lost, passes
// over the tablets that have it.
//
// A tablet that has grown too large is cut: its right parts are written as new objects, which
// nobody knows yet; then the one conditional write of the left part, which says where to go on,
// makes them part of the map. Their entries in the directory come last and may be lost.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/block/block_damage.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_builder.hpp"
#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_map.hpp"
#include "storage/tablet/tablet_reader.hpp"

namespace dnshist {

// What a batch has for one map: changes in ascending order of keys; neighbours may have the same.
class TabletBatch {
  public:
    virtual ~TabletBatch() = default;
    virtual std::size_t size() const = 0;
    virtual Octets key(std::size_t i) const = 0;
    // The least key that the change must see: at or before key(i).
    virtual Octets least_needed(std::size_t i) const { return key(i); }
    // Those from `begin` to `end`.
    virtual std::unique_ptr<BlockChanges> changes(std::size_t begin, std::size_t end) = 0;
    // These changes were merged, in memory. What they have changed.
    virtual BatchCounts merged(BlockChanges& changes) = 0;
    // Some were merged, and none of these is written yet: all that must be written earlier.
    virtual void before_writes() = 0;
    // Some are written. Those that an earlier attempt has written, of which perhaps no reply came,
    // are not told of: sum_of_marks() knows.
    virtual void written(const BatchCounts& counts) = 0;
    // These were not merged, since the block that one belongs into is damaged.
    virtual void refused(std::size_t begin, std::size_t end, const DamagedBlock& damage) = 0;
};

struct WriterCounters {
    std::uint64_t conflicts = 0;  // writes that another writer was before
    std::uint64_t retries = 0;    // writes without a reply
    std::uint64_t splits = 0;     // new tablets
    std::uint64_t octets = 0;     // of blocks written
};

class LoadedTablet;

class TabletWriter {
  public:
    // A batch of a lane.
    struct Mark {
        std::uint8_t lane;
        std::uint64_t seq;
        // For changes that do no harm when they are made twice: a tablet may be written several
        // times in one batch, and its mark gets the sum of what these changed.
        bool adds = false;
    };
    // All outlive this.
    TabletWriter(ObjectStore& objects, TabletMap& map, BlockSymbols& symbols, TabletSpace space,
                 const TabletLimits& limits = {})
        : objects_(objects), map_(map), symbols_(symbols), space_(space), limits_(limits) {}

    // Throws ObjectError: then some of the batch is written and some is not. Where it is a
    // MissingTablet, all is written that needs no such tablet.
    void apply(TabletBatch& batch, const Mark& mark);
    const WriterCounters& counters() const noexcept { return counters_; }

  private:
    struct Portion {
        std::size_t begin;
        std::size_t end;
    };
    struct Plan;
    struct Merged {
        std::map<std::string, std::string> made;  // blocks, under their upper bounds
        std::vector<std::size_t> replaced;        // of those that were read
    };

    std::size_t first_change() const;
    std::size_t first_at_or_after(const Portion& portion, std::string_view key) const;
    std::vector<Plan> next_plans();
    ObjectRead read_of(const Plan& plan) const;
    void merge_all(std::vector<Plan>& plans);
    bool prepare(Plan& plan, const ObjectRead& read);
    bool merge_changes(const LoadedTablet& loaded, BlockChanges& changes, Merged& merged) const;
    Portion changes_in(const LoadedTablet& loaded, const Portion& portion,
                       const DamagedBlock& damage) const;
    bool merge_portion(const Plan& plan, const LoadedTablet& loaded,
                       std::vector<std::unique_ptr<BlockChanges>>& changes, Merged& merged);
    bool merge(Plan& plan, const ObjectRead& read);
    TabletMark mark_with(const BatchCounts& counts, const TabletHead& head) const;
    void write_all(std::vector<Plan>& plans);
    void write_right_parts(std::vector<Plan>& plans);
    void put_off(const std::vector<Plan>& plans, const std::string& missing);
    void remove_right_parts(const Plan& plan);
    void finish(Plan& plan, ObjectWrite::Outcome outcome, std::vector<ObjectWrite>& entries);

    ObjectStore& objects_;
    TabletMap& map_;
    BlockSymbols& symbols_;
    TabletSpace space_;
    TabletLimits limits_;
    WriterCounters counters_;
    TabletBatch* batch_ = nullptr;
    Mark mark_{};
    std::deque<Portion> waiting_;
    std::size_t at_once_ = 0;             // tablets that are written together
    std::size_t links_followed_ = 0;      // to tablets that the map does not have
    std::optional<std::string> missing_;  // one of the tablets that the batch needs and cannot have
    std::set<std::size_t> refused_;       // where those begin that the batch was told of
};

}  // namespace dnshist
