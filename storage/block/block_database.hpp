// A database of blocks, as one transaction sees it.
//
// LMDB spends some 16 octets and a key on every entry, which is more than most records have. So a
// database of the store is a sorted map that is cut into blocks: LMDB holds one entry for each,
// under a separator key between the block and the one before it. The price is that LMDB sees no
// owner and no record: blocks are searched and merged here.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/block_reader.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

struct BlockDatabase {
    const lmdb::Transaction& transaction;
    MDB_dbi blocks;
    SymbolTables& symbols;

    // Opens `reader` on a block, or leaves it closed where no part of the block can be read.
    // nullptr, or a phrase for the operator.
    const char* open(BlockReader& reader, Octets block) const;
    // Verifies the whole block: nullptr, or a phrase for the operator.
    const char* fault(Octets block) const;
};

// Is told of each damaged block that is skipped: its key, and what is wrong.
using BlockDamage = std::function<void(Octets block_key, const char* fault)>;

// A block to be changed is damaged: nothing was written.
struct DamagedBlock : std::runtime_error {
    DamagedBlock(Octets key, const char* why)
        : std::runtime_error(why), block_key(key.begin(), key.end()) {}
    std::vector<std::uint8_t> block_key;
};

}  // namespace dnshist
