// The handles of a store's named databases, and its blocks in one transaction.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "storage/block/block_database.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/key_beginnings.hpp"
#include "storage/format/payload_merge.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/gram/block_grams.hpp"
#include "storage/level/open_levels.hpp"

namespace dnshist {

struct StoreDatabases {
    MDB_dbi names = 0;
    MDB_dbi pivots = 0;
    MDB_dbi symbols = 0;
    MDB_dbi sources = 0;
    MDB_dbi feeds = 0;  // open in a writer only
    MDB_dbi meta = 0;
    // Files of levels; absent in a store of format 2, which has none.
    std::optional<MDB_dbi> levels;
    // Absent in a store that no writer of format 3 has opened.
    std::optional<MDB_dbi> names_grams;
    std::optional<MDB_dbi> pivots_grams;

    MDB_dbi blocks_of(Space space) const noexcept { return space == Space::names ? names : pivots; }
    std::optional<MDB_dbi> grams_of(Space space) const noexcept {
        return space == Space::names ? names_grams : pivots_grams;
    }
};

inline NextBeginning beginnings_of(Space space) noexcept {
    return space == Space::names ? next_record_beginning : next_pivot_beginning;
}
inline NextBeginning search_parts_of(Space space) noexcept {
    return space == Space::names ? next_record_beginning : next_pivot_text;
}

// The young blocks of names and of pivots, with their symbol tables.
struct StoreBlocks {
    SymbolTables names_symbols;
    SymbolTables pivots_symbols;
    // Where grams are kept.
    std::optional<BlockGrams> names_grams;
    std::optional<BlockGrams> pivots_grams;
    BlockDatabase names;
    BlockDatabase pivots;

    // `search`: who changes blocks keeps their grams.
    StoreBlocks(const lmdb::Transaction& transaction, const StoreDatabases& databases,
                bool search = false)
        : names_symbols(transaction, databases.symbols, store_meta::names_symbols),
          pivots_symbols(transaction, databases.symbols, store_meta::pivots_symbols),
          names{transaction, databases.names, names_symbols},
          pivots{transaction, databases.pivots, pivots_symbols} {
        if (!search || !databases.names_grams || !databases.pivots_grams) return;
        names_grams.emplace(transaction, *databases.names_grams, names_symbols,
                            search_parts_of(Space::names));
        pivots_grams.emplace(transaction, *databases.pivots_grams, pivots_symbols,
                             search_parts_of(Space::pivots));
        names.index = &*names_grams;
        pivots.index = &*pivots_grams;
    }
    StoreBlocks(const StoreBlocks&) = delete;
    StoreBlocks& operator=(const StoreBlocks&) = delete;

    const BlockDatabase& of(Space space) const noexcept {
        return space == Space::names ? names : pivots;
    }
    BlockGrams& grams_of(Space space) noexcept {
        return space == Space::names ? *names_grams : *pivots_grams;
    }
};

// Adds the levels to the sources of a map.
inline void add_levels(std::vector<MapSource>& sources, const Levels& levels) {
    for (const auto& parts : levels)
        sources.push_back({std::make_unique<LevelSource>(parts), parts});
}
inline std::vector<MapSource> sources_of(const BlockDatabase& young, const Levels& levels) {
    std::vector<MapSource> sources;
    sources.push_back({young.source(), nullptr});
    add_levels(sources, levels);
    return sources;
}

inline const char* name_of(Space space) noexcept {
    return space == Space::names ? store_meta::names_database : store_meta::pivots_database;
}

}  // namespace dnshist
