// Octets that keep their address until all of them are freed at once.
//
// A change to the store gathers its many short keys here: each is written once and never moved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/base/huge_pages.hpp"
#include "storage/base/octets.hpp"

namespace dnshist {

class Arena {
  public:
    // Memory for `size` octets, uninitialised.
    std::uint8_t* room(std::size_t size) {
        if (left_ < size) {
            left_ = std::max(slab_octets, size);
            slabs_.emplace_back(left_);
            next_ = slabs_.back().get();
        }
        std::uint8_t* const place = next_;
        next_ += size;
        left_ -= size;
        return place;
    }

    Octets keep(Octets octets) {
        std::uint8_t* const place = room(octets.size());
        std::copy(octets.begin(), octets.end(), place);
        return {place, octets.size()};
    }

    // Frees all octets. The first slab is used again.
    void clear() {
        if (slabs_.empty()) return;
        while (slabs_.size() > 1)
            slabs_.pop_back();
        next_ = slabs_.front().get();
        left_ = slab_octets;
    }

  private:
    static constexpr std::size_t slab_octets = huge_page_octets;
    std::vector<HugePageBuffer> slabs_;
    std::uint8_t* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace dnshist
