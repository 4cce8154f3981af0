// Blocks in a database of LMDB, as one transaction sees it.
//
// LMDB spends some 16 octets and a key on every entry, which is more than most records have. So a
// database of the store is a sorted map that is cut into blocks: LMDB holds one entry for each,
// under a separator key between the block and the one before it. The price is that LMDB sees no
// owner and no record: blocks are searched and merged here.
#pragma once

#include <cstddef>
#include <memory>

#include "storage/block/block_source.hpp"
#include "storage/block/range_builder.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

class RangeBuilder;

struct BlockDatabase {
    const lmdb::Transaction& transaction;
    MDB_dbi blocks;
    SymbolTables& symbols;

    // At no block yet. Lives inside the transaction.
    std::unique_ptr<BlockSource> source() const;
    std::size_t count() const { return transaction.entries(blocks); }
};

// Puts the blocks of a range, the first one under `first_key`.
void put_blocks(lmdb::Cursor& cursor, const RangeBuilder& range, Octets first_key);

// Puts the blocks of a range, the first one under `first_key`.
void put_blocks(lmdb::Cursor& cursor, const RangeBuilder& range, Octets first_key);

}  // namespace dnshist
