// SIMD within a register: text examined eight octets at a time, as a word whose lowest octet is the
// first.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace dnshist {

inline constexpr std::uint64_t each_octet = 0x0101010101010101;
inline constexpr std::uint64_t top_bits = each_octet * 0x80;

inline std::uint64_t load_word(const void* at) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

// The four octets at `at`, then four zero octets.
inline std::uint64_t load_half(const char* at) noexcept {
    std::uint32_t half = 0;
    std::memcpy(&half, at, sizeof half);
    if constexpr (std::endian::native == std::endian::big) half = __builtin_bswap32(half);
    return half;
}

// A word of the `left` octets that remain, padded with zeros.
inline std::uint64_t load_word(const char* at, std::size_t left) noexcept {
    if (left >= 8) return load_word(at);
    std::uint64_t word = 0;
    if (left >= 4) {
        // The first four and the last four, which may overlap.
        word = load_half(at) | load_half(at + left - 4) << 8 * (left - 4);
    } else {
        for (std::size_t i = 0; i < left; ++i)
            word |= std::uint64_t{static_cast<std::uint8_t>(at[i])} << 8 * i;
    }
    return word;
}

inline void store_word(std::uint8_t* out, std::uint64_t word) noexcept {
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    std::memcpy(out, &word, sizeof word);
}

// Marks are the top bits of octets. The first octet that equals `c`, an ASCII character, is marked;
// of those before it, only octets outside ASCII may be. Marks after it mean nothing.
constexpr std::uint64_t mark(std::uint64_t word, char c) noexcept {
    return (word ^ each_octet * static_cast<std::uint8_t>(c)) - each_octet;
}

// The same for the first octet that is at most `c`.
constexpr std::uint64_t mark_up_to(std::uint64_t word, char c) noexcept {
    return word - each_octet * (static_cast<std::uint8_t>(c) + 1U);
}

// Marks exactly the octets that equal `c`.
constexpr std::uint64_t mark_all(std::uint64_t word, char c) noexcept {
    const std::uint64_t other = word ^ each_octet * static_cast<std::uint8_t>(c);
    return ~(((other & ~top_bits) + ~top_bits) | other) & top_bits;
}

// The index of the first marked octet.
constexpr std::size_t first_marked(std::uint64_t marks) noexcept {
    return static_cast<std::size_t>(std::countr_zero(marks)) / 8;
}

// The first octet from `at` on that has a mark in `marks(word)`, or the end.
template <class Marks>
const char* find_marked(const char* at, const char* end, const Marks& marks) noexcept {
    const auto marked = [&marks](std::uint64_t word) { return marks(word) & top_bits; };
    for (; end - at >= 8; at += 8) {
        if (const auto found = marked(load_word(at))) return at + first_marked(found);
    }
    const auto left = static_cast<std::size_t>(end - at);
    const auto found = left == 0 ? 0 : marked(load_word(at, left));
    if (found != 0) return at + std::min(first_marked(found), left);
    return end;
}

}  // namespace dnshist
