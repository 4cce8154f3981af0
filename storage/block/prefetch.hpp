// Where a seek will go, found out before it is made.
//
// A lookup waits for memory several times over: for the block, for the beginnings of its segments,
// for the segment. Who has several seeks to make takes each of these steps for all of them before
// the next step, so that the processor fetches what one needs while it works for the others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/base/octets.hpp"
#include "storage/format/record_key.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

class SymbolTable;

// The place in a database at which a seek begins. The views are good as long as the state of the
// store in which it was found.
struct ForeseenBlock {
    Octets key;  // under which LMDB holds the block
    Octets block;
    std::size_t segments = 0;              // that it has; 0 where that is not known
    const SymbolTable* symbols = nullptr;  // of its keys; likewise
    std::size_t segment = 0;               // the one that the seek begins in
};

// A seek of the records of one owner, of one type or of all; see RecordCursor.
struct Foresight {
    Foresight() noexcept {}  // NOLINT: room that need not be set to zero first

    std::array<std::uint8_t, max_name_octets + type_octets> target_octets;
    std::size_t target_size = 0;
    ForeseenBlock found;
    std::uint64_t generation = 0;  // of the store's state; 0: nothing is foreseen

    Octets target() const noexcept { return {target_octets.data(), target_size}; }
    bool empty() const noexcept { return generation == 0; }
};

// Fetch into the processor's cache what the next step reads of a block that was found: its table of
// segments, and once that is there, their beginnings.
void fetch_block(const Foresight& seek) noexcept;
void fetch_segments(Foresight& seek) noexcept;

}  // namespace dnshist
