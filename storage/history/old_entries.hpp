// What the levels of a store have of a map while a transaction writes into its young blocks.
#pragma once

#include <optional>

#include "storage/format/payload_merge.hpp"
#include "storage/history/store_blocks.hpp"
#include "storage/level/merged_cursor.hpp"
#include "storage/level/open_levels.hpp"

namespace dnshist {

// Damaged blocks count as if they had no entries.
class OldEntries {
  public:
    // Of a map without levels.
    OldEntries() = default;
    // All but `levels` outlive this. It must be destroyed before the transaction is committed.
    OldEntries(Space space, const BlockDatabase& young, const Levels& levels,
               PayloadMerge& old_merge, PayloadMerge& merge) {
        if (levels.empty()) return;
        std::vector<MapSource> old;
        add_levels(old, levels);
        old_.emplace(std::move(old), young.symbols, none_, old_merge, beginnings_of(space));
        all_.emplace(sources_of(young, levels), young.symbols, none_, merge, beginnings_of(space));
    }

    // Whether the map has levels.
    bool any() const noexcept { return old_.has_value(); }
    // The payload that the levels have of a key; good until the next call.
    std::optional<Octets> find(Octets key) {
        if (!old_) return std::nullopt;
        old_->seek(key, key);
        if (!old_->step() || old_->is_void() || !equal(old_->key(), key)) return std::nullopt;
        return old_->payload();
    }
    bool has(Octets key) { return find(key).has_value(); }
    // Whether any entry of the map, young or old, begins with `prefix`.
    bool has_prefix(Octets prefix) {
        if (!all_) return false;
        all_->seek(prefix, prefix);
        while (all_->step() && starts_with(all_->key(), prefix))
            if (!all_->is_void()) return true;
        return false;
    }

    void close() noexcept {
        old_.reset();
        all_.reset();
    }

  private:
    const BlockDamage none_;
    std::optional<MergedCursor> old_;
    std::optional<MergedCursor> all_;
};

// Of both maps.
struct OldMaps {
    RecordMerge old_record_merge;
    RecordMerge record_merge;
    PivotMerge pivot_merge;
    OldEntries names;
    OldEntries pivots;

    OldMaps(const StoreBlocks& blocks, const StoreLevels& levels, SourceTexts& texts,
            std::uint32_t gap)
        : old_record_merge(texts, gap),
          record_merge(texts, gap),
          names(Space::names, blocks.names, levels.names, old_record_merge, record_merge),
          pivots(Space::pivots, blocks.pivots, levels.pivots, pivot_merge, pivot_merge) {}
    // Before the transaction is committed.
    void close() noexcept {
        names.close();
        pivots.close();
    }
};

}  // namespace dnshist
