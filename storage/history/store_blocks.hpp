// The blocks of a store in one of its transactions: its names and its pivots, with their symbols.
#pragma once

#include "storage/block/block.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"

namespace dnshist {

struct StoreBlocks {
    SymbolTables names_symbols;
    SymbolTables pivots_symbols;
    BlockDatabase names;
    BlockDatabase pivots;

    // `store` has the handles of its databases: the state of History, or of HistoryWriter.
    template <class Store>
    StoreBlocks(const lmdb::Transaction& transaction, const Store& store)
        : names_symbols(transaction, store.symbols, store_meta::names_symbols),
          pivots_symbols(transaction, store.symbols, store_meta::pivots_symbols),
          names{transaction, store.names, names_symbols},
          pivots{transaction, store.pivots, pivots_symbols} {}
};

}  // namespace dnshist
