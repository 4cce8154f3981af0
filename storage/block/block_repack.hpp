// Rewrites neighbouring blocks as fewer where removals have left them underfull.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/block/block_database.hpp"

namespace dnshist {

// Begins at the block of the key `next` (empty: at the first), and sets `next` to where to go on,
// empty at the end. Stops when about `budget` blocks were rewritten. How many blocks there are
// fewer. Throws as BlockMerge::run().
std::size_t repack_blocks(const BlockDatabase& database, std::size_t page_size, std::size_t budget,
                          std::vector<std::uint8_t>& next);

}  // namespace dnshist
