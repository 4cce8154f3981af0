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

// Is told of each block that is put or removed, in the same transaction.
class BlockIndex {
  public:
    BlockIndex() = default;
    virtual ~BlockIndex() = default;
    BlockIndex(const BlockIndex&) = delete;
    BlockIndex& operator=(const BlockIndex&) = delete;

    virtual void put(Octets key, Octets block) = 0;
    virtual void remove(Octets key) = 0;
};

struct BlockDatabase {
    const lmdb::Transaction& transaction;
    MDB_dbi blocks;
    SymbolTables& symbols;
    BlockIndex* index = nullptr;  // perhaps none

    // At no block yet. Lives inside the transaction.
    std::unique_ptr<BlockSource> source() const;
    std::size_t count() const { return transaction.entries(blocks); }

    // `cursor` is one of `blocks`.
    void put(lmdb::Cursor& cursor, Octets key, Octets block) const {
        cursor.put(key, block);
        if (index != nullptr) index->put(key, block);
    }
    // The blocks of a range, the first one under `first_key`.
    void put(lmdb::Cursor& cursor, const RangeBuilder& range, Octets first_key) const;
    // The key must be there.
    void remove(Octets key) const {
        transaction.remove(blocks, key);
        if (index != nullptr) index->remove(key);
    }
};

}  // namespace dnshist
