// When a database of blocks gets a new symbol table, and on which keys it is trained.
//
// The FSST paper compresses data at rest with a table per file. A store grows, and keys of another
// kind may come in later. So a database has up to 255 tables (storage/block/symbol_tables.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "storage/base/octets.hpp"
#include "storage/block/block_source.hpp"
#include "storage/block/symbol_tables.hpp"

namespace dnshist {

// Keys that are about to come in, ascending.
struct IncomingKeys {
    std::size_t count;
    std::function<Octets(std::size_t)> key;
};

// The keys that the map has: how many, and the blocks that hold them.
struct KnownKeys {
    std::uint64_t count;
    BlockSource& blocks;
    std::size_t block_count;
};

// Gives the map a new newest symbol table where it has none, or has grown by a quarter since its
// newest was trained. The sample has keys of all blocks and incoming ones, in proportion to how
// many there are of each.
void renew_table_if_due(BlockSymbols& symbols, const KnownKeys& known,
                        const IncomingKeys& incoming);

}  // namespace dnshist
