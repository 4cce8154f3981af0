// A list of names in the store's order, each with a number of its maker's: the names that a walk
// looks for one after the other.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

class NameList {
  public:
    struct Entry {
        std::uint32_t begin;
        std::uint8_t size;
        std::uint8_t tag;
    };

    void clear() noexcept {
        octets_.clear();
        entries_.clear();
        is_cut_ = false;
    }
    void add(const Name& name, std::uint8_t tag = 0) {
        const NameKey key = name.key();
        const Octets octets = key.octets();
        entries_.push_back({static_cast<std::uint32_t>(octets_.size()),
                            static_cast<std::uint8_t>(octets.size()), tag});
        octets_.insert(octets_.end(), octets.begin(), octets.end());
    }
    // To be called after the last: each name once, with the tag with which it was added first.
    void sort() {
        const auto less = [this](const Entry& a, const Entry& b) {
            return compare(key(a), key(b)) < 0;
        };
        std::ranges::stable_sort(entries_, less);
        const auto same = [this](const Entry& a, const Entry& b) { return equal(key(a), key(b)); };
        entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
    }

    // That there would have been more names.
    void set_cut() noexcept { is_cut_ = true; }
    bool is_cut() const noexcept { return is_cut_; }

    std::span<const Entry> entries() const noexcept { return entries_; }
    // Key form, with the closing zero.
    Octets key(const Entry& entry) const noexcept {
        return Octets(octets_).subspan(entry.begin, entry.size);
    }

  private:
    std::vector<std::uint8_t> octets_;
    std::vector<Entry> entries_;
    bool is_cut_ = false;
};

}  // namespace dnshist
