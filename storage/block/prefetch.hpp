// A seek whose block is found and loaded into the processor's cache before the seek is made.
//
// A lookup waits for memory several times over: for the block, for the beginnings of its segments,
// for the segment. A caller with several seeks describes them first and has
// BlockCursor::prefetch() run each of these steps for all of them before the next step, so that
// their cache misses overlap. A cursor that later makes the seek starts from what was found. A seek
// in a map of several sources (storage/level) has a place for each.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/base/octets.hpp"
#include "storage/block/block_reader.hpp"

namespace dnshist {

// Sources of one map, at most.
inline constexpr std::size_t max_sources_of_a_map = 4;

// Its owner sets the target; all else is the cursor's.
class Prefetch {
  public:
    Prefetch() noexcept {}  // NOLINT: the array need not be set to zero first
    Prefetch(const Prefetch&) = delete;
    // Copies no more of the array than the target takes; to itself too.
    Prefetch& operator=(const Prefetch& other) noexcept {  // NOLINT
        sources_ = other.sources_;
        if (sources_ == 0) return *this;
        set_target(other.target());
        std::copy_n(other.places_.begin(), sources_, places_.begin());
        return *this;
    }

    // The key that will be sought, in two parts; at most max_entry_key octets together.
    void set_target(Octets head, Octets tail = {}) noexcept {
        auto* const end = std::ranges::copy(head, target_octets_.data()).out;
        target_size_ =
            static_cast<std::size_t>(std::ranges::copy(tail, end).out - target_octets_.data());
    }
    void clear() noexcept { sources_ = 0; }
    Octets target() const noexcept { return {target_octets_.data(), target_size_}; }

    // Where the seek begins in one source.
    struct Place {
        std::uint64_t state;  // of the source, as its cursor counts them; 0: nothing was found
        Octets block_key;
        Octets block;
        const SymbolTable* symbols;
        std::size_t segments;
        BlockReader::Start start;
        bool excluded;  // a filter says that the source has no such key
    };
    std::size_t sources() const noexcept { return sources_; }
    Place& place(std::size_t source) noexcept { return places_[source]; }
    const Place& place(std::size_t source) const noexcept { return places_[source]; }
    // Adds the place of one more source, where nothing was found yet.
    Place& add_place() noexcept {
        Place& added = places_[sources_++];
        added = {};
        return added;
    }

  private:
    std::array<std::uint8_t, max_entry_key> target_octets_;
    std::size_t target_size_ = 0;
    std::size_t sources_ = 0;
    std::array<Place, max_sources_of_a_map> places_;
};

}  // namespace dnshist
