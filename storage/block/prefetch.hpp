// A seek whose block is found and loaded into the processor's cache before the seek is made.
//
// A lookup waits for memory several times over: for the block, for the beginnings of its segments,
// for the segment. A caller with several seeks describes them first and has
// BlockCursor::prefetch() run each of these steps for all of them before the next step, so that
// their cache misses overlap. A cursor that later makes the seek starts from what was found.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/base/octets.hpp"
#include "storage/block/block_format.hpp"

namespace dnshist {

class SymbolTable;

// Its owner sets the target; all else is the BlockCursor's.
class Prefetch {
  public:
    Prefetch() noexcept {}  // NOLINT: the array need not be set to zero first
    Prefetch(const Prefetch&) = delete;
    // Copies no more of the array than the target takes; to itself too.
    Prefetch& operator=(const Prefetch& other) noexcept {  // NOLINT
        state_ = other.state_;
        if (state_ == 0) return *this;
        set_target(other.target());
        block_key_ = other.block_key_;
        block_ = other.block_;
        symbols_ = other.symbols_;
        segments_ = other.segments_;
        segment_ = other.segment_;
        return *this;
    }

    // The key that will be sought, in two parts; at most max_entry_key octets together.
    void set_target(Octets head, Octets tail = {}) noexcept {
        auto* const end = std::ranges::copy(head, target_octets_.data()).out;
        target_size_ =
            static_cast<std::size_t>(std::ranges::copy(tail, end).out - target_octets_.data());
    }
    void clear() noexcept { state_ = 0; }

  private:
    friend class BlockCursor;

    Octets target() const noexcept { return {target_octets_.data(), target_size_}; }

    std::array<std::uint8_t, max_entry_key> target_octets_;
    std::size_t target_size_ = 0;
    std::uint64_t state_ = 0;  // of the database, as the cursor counts them; 0: nothing was found
    Octets block_key_;
    Octets block_;
    const SymbolTable* symbols_ = nullptr;
    std::size_t segments_ = 0;
    std::size_t segment_ = 0;  // in which the seek begins
};

}  // namespace dnshist
