// Octets that stay where they are until all are given up.
//
// What a change to the store is gathered in: many short keys, put down once and never moved.
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
    // Room for `size` octets, to be filled.
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

    // What was kept is given up; the memory is used again, but for what single octets took more of
    // than a slab has.
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
