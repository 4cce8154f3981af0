// The place in a database at which a seek begins, found before the seek is made.
//
// A lookup waits for memory several times over: for the block, for the beginnings of its segments,
// for the segment. A caller with several seeks runs each step for all of them before the next step,
// so that their cache misses overlap.
#pragma once

#include <cstddef>

#include "storage/base/octets.hpp"

namespace dnshist {

class SymbolTable;

// The views are good as long as the state of the store in which it was found.
struct BlockPlace {
    Octets key;  // under which LMDB holds the block
    Octets block;
    std::size_t segments = 0;              // that it has; 0 where that is not known
    const SymbolTable* symbols = nullptr;  // of its keys; likewise
    std::size_t segment = 0;               // the one that the seek begins in
};

// Load into the processor's cache what the next step reads of a block that was found: its table of
// segments, and once that is there, their beginnings.
void load_block(const BlockPlace& place) noexcept;
void load_segments(BlockPlace& place) noexcept;

}  // namespace dnshist
