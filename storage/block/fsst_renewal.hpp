// When a database of blocks gets a new symbol table, and on which keys it is trained.
//
// The FSST paper compresses data at rest with a table per file. A store grows, and keys of another
// kind may come in later. So a database has up to 255 tables (storage/block/symbol_tables.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "storage/base/octets.hpp"
#include "storage/block/block_database.hpp"

namespace dnshist {

// Keys that are about to come in, ascending.
struct IncomingKeys {
    std::size_t count;
    std::function<Octets(std::size_t)> key;
};

// Gives the database a new newest symbol table where it has none, or has grown by a quarter since
// its newest was trained. The sample has keys of all blocks and incoming ones, in proportion to how
// many there are of each; `known` keys are in the blocks.
void renew_table_if_due(const BlockDatabase& database, std::uint64_t known,
                        const IncomingKeys& incoming);

}  // namespace dnshist
