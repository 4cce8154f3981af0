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
};

// The young blocks of names and of pivots, with their symbol tables.
struct StoreBlocks {
    SymbolTables names_symbols;
    SymbolTables pivots_symbols;
    BlockDatabase names;
    BlockDatabase pivots;

    StoreBlocks(const lmdb::Transaction& transaction, const StoreDatabases& databases)
        : names_symbols(transaction, databases.symbols, store_meta::names_symbols),
          pivots_symbols(transaction, databases.symbols, store_meta::pivots_symbols),
          names{transaction, databases.names, names_symbols},
          pivots{transaction, databases.pivots, pivots_symbols} {}
    StoreBlocks(const StoreBlocks&) = delete;
    StoreBlocks& operator=(const StoreBlocks&) = delete;

    const BlockDatabase& of(Space space) const noexcept {
        return space == Space::names ? names : pivots;
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

inline NextBeginning beginnings_of(Space space) noexcept {
    return space == Space::names ? next_record_beginning : next_pivot_beginning;
}
inline NextBeginning search_parts_of(Space space) noexcept {
    return space == Space::names ? next_record_beginning : next_pivot_text;
}

}  // namespace dnshist
