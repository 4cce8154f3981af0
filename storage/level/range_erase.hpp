// Erases a range of keys from a database of blocks.
#pragma once

#include <cstddef>
#include <optional>

#include "storage/base/octets.hpp"
#include "storage/block/block_database.hpp"

namespace dnshist {

// Removes every entry whose key is at or after `lower` and before `upper` (nothing: to the end);
// `upper` has at most 511 octets. The blocks in between are not read, only the two at the ends.
// Throws as BlockMerge::run().
void erase_range(const BlockDatabase& database, std::size_t page_size, Octets lower,
                 std::optional<Octets> upper);

}  // namespace dnshist
