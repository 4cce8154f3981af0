// The handles of a store's named databases, and its blocks in one transaction.
#pragma once

#include "storage/block/block_database.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"

namespace dnshist {

struct StoreDatabases {
    MDB_dbi names = 0;
    MDB_dbi pivots = 0;
    MDB_dbi symbols = 0;
    MDB_dbi sources = 0;
    MDB_dbi feeds = 0;  // open in a writer only
    MDB_dbi meta = 0;
};

// The blocks of names and of pivots, with their symbol tables.
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
};

}  // namespace dnshist
