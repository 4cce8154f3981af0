// The state of a store of objects as one thread reads it.
#pragma once

#include <functional>
#include <memory>

#include "storage/cluster/cluster_store.hpp"
#include "storage/format/store_types.hpp"
#include "storage/tablet/tablet_source.hpp"

namespace dnshist {

// For one thread at a time.
struct ClusterSnapshot {
    ClusterStore& store;
    TabletReader reader;
    TabletSymbols names_symbols;
    TabletSymbols pivots_symbols;
    ClusterSourceTexts texts;

    explicit ClusterSnapshot(ClusterStore& opened)
        : store(opened),
          reader(store.objects(), store.map(), store.counters(), cluster_cache()),
          names_symbols(store.objects(), TabletSpace::names),
          pivots_symbols(store.objects(), TabletSpace::pivots),
          texts(store.objects(), store.sources()) {
        reader.use_symbols(names_symbols, pivots_symbols);
    }

    // From now on nothing waits; see TabletReader. What is small and hardly changes (symbol tables,
    // sources) is read now, and what is new of it with the first block, or record, that needs it.
    void read_later(std::function<void()> arrived);
    StoreStatistics statistics();

    static TabletSpace of(Space space) noexcept {
        return space == Space::names ? TabletSpace::names : TabletSpace::pivots;
    }
    BlockSymbols& symbols(Space space) noexcept {
        return space == Space::names ? names_symbols : pivots_symbols;
    }
    std::unique_ptr<BlockSource> source(Space space, TabletReader::Purpose purpose) {
        return std::make_unique<TabletSource>(reader, symbols(space), of(space), purpose);
    }
};

}  // namespace dnshist
