// Sorts by octet keys, in LMDB's order, faster than comparing whole keys does.
//
// Root-first keys begin alike, and comparing them through a pointer misses the cache each time. So
// 16 octets of every key are loaded as two integers and sorted as such; those that are equal there
// are sorted by their next 16, and so on.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/octets.hpp"

namespace dnshist {

namespace detail {

struct SortChunk {
    std::uint64_t high;
    std::uint64_t low;
    std::uint32_t index;

    bool operator<(const SortChunk& other) const noexcept {
        return high != other.high ? high < other.high : low < other.low;
    }
};

inline std::uint64_t load_big_endian(const std::uint8_t* octets) noexcept {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
        value = value << 8 | octets[i];
    return value;
}

// The 16 octets of `key` from `depth` on, a key that ends sooner filled up with zeros.
inline SortChunk load_chunk(Octets key, std::size_t depth, std::uint32_t index) noexcept {
    std::array<std::uint8_t, 16> octets{};
    if (key.size() > depth) {
        std::memcpy(octets.data(), key.data() + depth, std::min(octets.size(), key.size() - depth));
    }
    return {load_big_endian(octets.data()), load_big_endian(octets.data() + 8), index};
}

template <class KeyAt>
void sort_chunks(std::span<SortChunk> chunks, std::size_t depth, const KeyAt& key_at) {
    constexpr std::size_t few = 16;
    if (chunks.size() <= few) {
        std::sort(chunks.begin(), chunks.end(), [&](const SortChunk& a, const SortChunk& b) {
            return compare(key_at(a.index), key_at(b.index)) < 0;
        });
        return;
    }
    bool all_end = true;
    for (SortChunk& chunk : chunks) {
        const Octets key = key_at(chunk.index);
        all_end = all_end && key.size() <= depth;
        chunk = load_chunk(key, depth, chunk.index);
    }
    if (all_end) {
        // Alike but for the zeros that they may end with.
        std::sort(chunks.begin(), chunks.end(), [&](const SortChunk& a, const SortChunk& b) {
            return key_at(a.index).size() < key_at(b.index).size();
        });
        return;
    }
    std::sort(chunks.begin(), chunks.end());
    for (auto first = chunks.begin(); first != chunks.end();) {
        const auto last = std::find_if(first, chunks.end(),
                                       [&](const SortChunk& chunk) { return *first < chunk; });
        if (last - first > 1) sort_chunks(std::span(first, last), depth + 16, key_at);
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
    for (std::size_t i = 0; i < items.size(); ++i)
        chunks[i].index = static_cast<std::uint32_t>(i);
    detail::sort_chunks(std::span(chunks), 0,
                        [&](std::uint32_t index) { return key_of(items[index]); });
    std::vector<Item> sorted;
    sorted.reserve(items.size());
    for (const detail::SortChunk& chunk : chunks)
        sorted.push_back(items[chunk.index]);
    items.swap(sorted);
}

}  // namespace dnshist
