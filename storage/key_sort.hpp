// Sorts by octet keys, in LMDB's order, faster than comparing whole keys does.
//
// Root-first keys begin alike, and comparing them through a pointer misses the cache each time. So
// 16 octets of every key are loaded as two integers and sorted as such; those that are equal there
// are sorted by their next 16, and so on.
#pragma once

#include <algorithm>
#include <array>
#include <boost/sort/pdqsort/pdqsort.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/octets.hpp"

namespace dnshist {

// How far ahead of a walk through keys that lie anywhere the memory is asked for them.
inline constexpr std::size_t keys_ahead = 12;

namespace detail {

struct SortChunk {
    std::uint64_t high;
    std::uint64_t low;
    std::uint32_t index;

    // Without a branch: which way it goes can be foreseen half of the time only.
    bool operator<(const SortChunk& other) const noexcept {
        return (high < other.high) | ((high == other.high) & (low < other.low));
    }
};

inline std::uint64_t load_big_endian(const std::uint8_t* octets) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, octets, sizeof value);
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

// The 16 octets of `key` from `depth` on, a key that ends sooner filled up with zeros.
inline SortChunk load_chunk(Octets key, std::size_t depth, std::uint32_t index) noexcept {
    const Octets rest = key.subspan(std::min(depth, key.size()));
    if (rest.size() >= 16) {
        return {load_big_endian(rest.data()), load_big_endian(rest.data() + 8), index};
    }
    std::array<std::uint8_t, 16> octets{};
    std::copy(rest.begin(), rest.end(), octets.begin());
    return {load_big_endian(octets.data()), load_big_endian(octets.data() + 8), index};
}

// Sorts items whose keys have the first `depth` octets in common. `chunks` and `spare` are room for
// as many.
template <class Item, class KeyOf>
void sort_from(std::size_t depth, std::span<Item> items, std::span<SortChunk> chunks,
               std::span<Item> spare, const KeyOf& key_of) {
    bool all_end = true;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i + keys_ahead < items.size()) {
            __builtin_prefetch(key_of(items[i + keys_ahead]).data() + depth);
        }
        const Octets key = key_of(items[i]);
        all_end = all_end && key.size() <= depth;
        chunks[i] = load_chunk(key, depth, static_cast<std::uint32_t>(i));
    }
    if (all_end) {
        // Alike but for the zeros that they may end with.
        std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
            return key_of(a).size() < key_of(b).size();
        });
        return;
    }
    boost::sort::pdqsort_branchless(chunks.begin(), chunks.end());
    for (std::size_t i = 0; i < items.size(); ++i)
        spare[i] = std::move(items[chunks[i].index]);
    std::move(spare.begin(), spare.end(), items.begin());
    for (std::size_t first = 0; first < items.size();) {
        std::size_t last = first + 1;
        while (last < items.size() && !(chunks[first] < chunks[last]))
            ++last;
        const std::size_t count = last - first;
        if (count > 1) {
            sort_from(depth + 16, items.subspan(first, count), chunks.subspan(first, count),
                      spare.subspan(first, count), key_of);
        }
        first = last;
    }
}

}  // namespace detail

// `key_of(item)` gives an item's key as Octets. Fewer than 2^32 items.
template <class Item, class KeyOf>
void sort_by_key(std::vector<Item>& items, const KeyOf& key_of) {
    const auto in_order = [&](const Item& a, const Item& b) {
        return compare(key_of(a), key_of(b)) < 0;
    };
    // Feeds are often in order as they come.
    if (std::is_sorted(items.begin(), items.end(), in_order)) return;
    std::vector<detail::SortChunk> chunks(items.size());
    std::vector<Item> spare(items.size());
    detail::sort_from(0, std::span(items), std::span(chunks), std::span(spare), key_of);
}

}  // namespace dnshist
