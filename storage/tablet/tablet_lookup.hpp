// Whether a map of tablets has a prefix, for the merge of a batch into one of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "storage/block/block_cursor.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_map.hpp"
#include "storage/tablet/tablet_reader.hpp"
#include "storage/tablet/tablet_source.hpp"

namespace dnshist {

// Looks beyond the blocks that were read of a tablet, and into its neighbours where it was cut
// within the prefix: these need not have it any more. What the batch has of a prefix in several
// tablets is new in the first of them alone.
class TabletLookup final : public PrefixLookup {
  public:
    // Whether the batch has a key that begins with the prefix and is before `bound`.
    using BatchHas = std::function<bool(Octets prefix, const std::string& bound)>;
    TabletLookup(ObjectStore& objects, TabletMap& map, BlockSymbols& symbols,
                 const TabletHead& head, BatchHas batch_has)
        : reader_(objects, map, counters_, {0, {}}),
          symbols_(symbols),
          head_(head),
          batch_has_(std::move(batch_has)) {}

    bool has_prefix(Octets prefix) const override {
        const bool is_cut_within =
            head_.lower.size() > prefix.size() && starts_with(as_octets(head_.lower), prefix);
        if (is_cut_within && batch_has_(prefix, head_.lower)) return true;
        const BlockDamage unreported;
        BlockCursor cursor(std::make_unique<TabletSource>(reader_, symbols_, head_.space), symbols_,
                           unreported);
        cursor.seek(prefix);
        return cursor.next() && starts_with(cursor.key(), prefix);
    }

  private:
    TabletCounters counters_;
    mutable TabletReader reader_;
    BlockSymbols& symbols_;
    const TabletHead& head_;
    BatchHas batch_has_;
};

}  // namespace dnshist
