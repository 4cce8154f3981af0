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

#include "storage/base/huge_pages.hpp"
#include "storage/base/octets.hpp"

namespace dnshist {

// How many keys ahead of a walk their memory is prefetched, as they are in no order there.
inline constexpr std::size_t keys_ahead = 12;

namespace detail {

// Two registers, compared without a branch, which would be mispredicted half of the time.
__extension__ using SixteenOctets = unsigned __int128;

// An item with 16 octets of its key.
template <class Item>
struct SortChunk {
    std::uint64_t high;
    std::uint64_t low;
    Item item;

    bool operator<(const SortChunk& other) const noexcept {
        return (SixteenOctets{high} << 64 | low) < (SixteenOctets{other.high} << 64 | other.low);
    }
};

inline std::uint64_t load_big_endian(const std::uint8_t* octets) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, octets, sizeof value);
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

// Loads the 16 octets of `key` from `depth` on; a key that ends before is padded with zeros.
template <class Item>
void load_octets(SortChunk<Item>& chunk, Octets key, std::size_t depth) noexcept {
    const Octets rest = key.subspan(std::min(depth, key.size()));
    std::array<std::uint8_t, 16> room{};
    const std::uint8_t* octets = rest.data();
    if (rest.size() < room.size()) {
        std::copy(rest.begin(), rest.end(), room.begin());
        octets = room.data();
    }
    chunk.high = load_big_endian(octets);
    chunk.low = load_big_endian(octets + 8);
}

// Sorts items whose keys have the first `depth` octets in common.
template <class Item, class KeyOf>
void sort_from(std::size_t depth, std::span<SortChunk<Item>> chunks, const KeyOf& key_of) {
    bool all_end = true;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        if (i + keys_ahead < chunks.size()) {
            __builtin_prefetch(key_of(chunks[i + keys_ahead].item).data() + depth);
        }
        const Octets key = key_of(chunks[i].item);
        all_end = all_end && key.size() <= depth;
        load_octets(chunks[i], key, depth);
    }
    if (all_end) {
        // They differ only in how many zeros they end with.
        std::ranges::sort(chunks, {},
                          [&](const SortChunk<Item>& chunk) { return key_of(chunk.item).size(); });
        return;
    }
    boost::sort::pdqsort_branchless(chunks.begin(), chunks.end());
    for (std::size_t first = 0; first < chunks.size();) {
        std::size_t last = first + 1;
        while (last < chunks.size() && !(chunks[first] < chunks[last]))
            ++last;
        if (last - first > 1) sort_from(depth + 16, chunks.subspan(first, last - first), key_of);
        first = last;
    }
}

}  // namespace detail

// `key_of(item)` gives an item's key as Octets.
template <class Items, class KeyOf>
void sort_by_key(Items& items, const KeyOf& key_of) {
    using Item = typename Items::value_type;
    const auto in_order = [&](const Item& a, const Item& b) {
        return compare(key_of(a), key_of(b)) < 0;
    };
    // Feeds are often sorted already.
    if (std::is_sorted(items.begin(), items.end(), in_order)) return;
    HugePageVector<detail::SortChunk<Item>> chunks(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
        chunks[i].item = std::move(items[i]);
    detail::sort_from(0, std::span(chunks), key_of);
    for (std::size_t i = 0; i < items.size(); ++i)
        items[i] = std::move(chunks[i].item);
}

}  // namespace dnshist
