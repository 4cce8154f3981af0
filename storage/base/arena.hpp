// Octets that keep their address until all of them are freed at once.
//
// Observations of a batch, entries that a change of the store writes and keys of new blocks lie
// here. std::pmr's monotonic resource takes as long, but can neither take octets back nor keep its
// memory for what comes next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "storage/base/huge_pages.hpp"
#include "storage/base/octets.hpp"

namespace dnshist {

class Arena {
  public:
    // Memory comes in slabs of so many octets, or of more for a larger request.
    explicit Arena(std::size_t slab_octets = huge_page_octets) : slab_octets_(slab_octets) {}

    // Memory for `size` octets, uninitialised. A slab is aligned for any type.
    std::uint8_t* take(std::size_t size) {
        if (left_ < size) next_slab(size);
        left_ -= size;
        return std::exchange(next_, next_ + size);
    }
    // Takes back the last octets of the last take().
    void give_back(std::size_t size) noexcept {
        next_ -= size;
        left_ += size;
    }

    Octets keep(Octets octets) {
        std::uint8_t* const place = take(octets.size());
        std::copy(octets.begin(), octets.end(), place);
        return {place, octets.size()};
    }

    // Frees all octets. The slabs stay for those that come next.
    void clear() noexcept {
        used_ = 0;
        octets_ = 0;
        left_ = 0;
    }

    // The size of the slabs in use.
    std::size_t octets() const noexcept { return octets_; }

  private:
    void next_slab(std::size_t size) {
        while (used_ < slabs_.size() && slabs_[used_].size() < size)
            ++used_;
        if (used_ == slabs_.size()) slabs_.emplace_back(std::max(slab_octets_, size));
        const HugePageBuffer& slab = slabs_[used_++];
        next_ = slab.get();
        left_ = slab.size();
        octets_ += left_;
    }

    std::size_t slab_octets_;
    std::vector<HugePageBuffer> slabs_;
    std::size_t used_ = 0;
    std::size_t octets_ = 0;
    std::uint8_t* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace dnshist
