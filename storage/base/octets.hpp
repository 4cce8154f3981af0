// Views of octets, a bounds-checked reader, and numbers as octets.
//
// Nothing in dnshist casts a buffer to a struct: input from the network, a feed or the disk is read
// through OctetReader.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace dnshist {

using Octets = std::span<const std::uint8_t>;

// Lexicographic order by unsigned octets, a prefix first: LMDB's order of keys.
inline int compare(Octets a, Octets b) noexcept {
    const std::size_t common = a.size() < b.size() ? a.size() : b.size();
    const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
    if (order != 0) return order;
    return a.size() < b.size() ? -1 : static_cast<int>(a.size() > b.size());
}

inline bool equal(Octets a, Octets b) noexcept {
    return a.size() == b.size() && compare(a, b) == 0;
}

inline bool starts_with(Octets whole, Octets prefix) noexcept {
    return whole.size() >= prefix.size() && equal(whole.first(prefix.size()), prefix);
}

// How many octets a and b have in common from the start.
inline std::size_t common_prefix(Octets a, Octets b) noexcept {
    const std::size_t limit = a.size() < b.size() ? a.size() : b.size();
    std::size_t length = 0;
    if constexpr (std::endian::native == std::endian::little) {
        for (std::uint64_t x = 0, y = 0; length + sizeof x <= limit; length += sizeof x) {
            std::memcpy(&x, a.data() + length, sizeof x);
            std::memcpy(&y, b.data() + length, sizeof y);
            if (x != y) return length + static_cast<std::size_t>(std::countr_zero(x ^ y)) / 8;
        }
    }
    while (length < limit && a[length] == b[length])
        ++length;
    return length;
}

inline Octets as_octets(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(Octets octets) noexcept {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// ASCII only, as DNS compares names (RFC 4343).
constexpr std::uint8_t to_lower(std::uint8_t c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c + ('a' - 'A')) : c;
}

// The same for each octet of `word`.
template <class Word>
constexpr Word to_lower_each(Word word) noexcept {
    constexpr auto each = static_cast<Word>(0x0101010101010101U);
    // The top bits of each octet: at or above 'A', not above 'Z', ASCII.
    const Word low = word & each * 0x7fU;
    const Word letters =
        (low + each * (0x80U - 'A')) & ~(low + each * (0x7fU - 'Z')) & ~word & each * 0x80U;
    return word | letters >> 2;  // 0x20
}

// Copies `size` octets in lower case, eight or four at a time; the last word overlaps the one
// before it. The two ranges must not overlap.
inline void copy_lower(const std::uint8_t* from, std::size_t size, std::uint8_t* to) noexcept {
    const auto copy_word = [&](auto word, std::size_t at) {
        std::memcpy(&word, from + at, sizeof word);
        word = to_lower_each(word);
        std::memcpy(to + at, &word, sizeof word);
    };
    const auto copy_words = [&](auto word) {
        for (std::size_t at = 0; at + sizeof word < size; at += sizeof word)
            copy_word(word, at);
        copy_word(word, size - sizeof word);
    };
    if (size >= sizeof(std::uint64_t)) return copy_words(std::uint64_t{});
    if (size >= sizeof(std::uint32_t)) return copy_words(std::uint32_t{});
    for (std::size_t i = 0; i < size; ++i)
        to[i] = to_lower(from[i]);
}

// Write a number, the most significant octet first, to `out`, which has room for it; return the
// end.
inline std::uint8_t* put_u16(std::uint8_t* out, std::uint16_t value) noexcept {
    *out++ = static_cast<std::uint8_t>(value >> 8);
    *out++ = static_cast<std::uint8_t>(value);
    return out;
}
inline std::uint8_t* put_u32(std::uint8_t* out, std::uint32_t value) noexcept {
    out = put_u16(out, static_cast<std::uint16_t>(value >> 16));
    return put_u16(out, static_cast<std::uint16_t>(value));
}

// Read one.
inline std::uint16_t get_u16(const std::uint8_t* in) noexcept {
    return static_cast<std::uint16_t>(in[0] << 8 | in[1]);
}
inline std::uint32_t get_u32(const std::uint8_t* in) noexcept {
    return std::uint32_t{get_u16(in)} << 16 | get_u16(in + 2);
}

// The longest form of an unsigned LEB128 integer of 64 bits.
inline constexpr std::size_t max_varint_octets = 10;

// Writes value as unsigned LEB128 to out, which has room for max_varint_octets; returns the end.
inline std::uint8_t* put_varint(std::uint8_t* out, std::uint64_t value) noexcept {
    while (value >= 0x80) {
        *out++ = static_cast<std::uint8_t>(value | 0x80);
        value >>= 7;
    }
    *out++ = static_cast<std::uint8_t>(value);
    return out;
}

// Reads from front to back, never past the end: each read returns nothing where too little is left.
class OctetReader {
  public:
    explicit OctetReader(Octets octets) noexcept
        : begin_(octets.data()), next_(begin_), end_(begin_ + octets.size()) {}

    std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - next_); }
    std::size_t position() const noexcept { return static_cast<std::size_t>(next_ - begin_); }
    bool at_end() const noexcept { return next_ == end_; }
    Octets rest() const noexcept { return {next_, remaining()}; }

    std::optional<std::uint8_t> u8() noexcept {
        if (next_ == end_) return std::nullopt;
        return *next_++;
    }
    std::optional<std::uint16_t> u16() noexcept {
        if (remaining() < 2) return std::nullopt;
        return get_u16(std::exchange(next_, next_ + 2));
    }
    std::optional<std::uint32_t> u32() noexcept {
        if (remaining() < 4) return std::nullopt;
        return get_u32(std::exchange(next_, next_ + 4));
    }
    std::optional<Octets> octets(std::size_t count) noexcept {
        if (remaining() < count) return std::nullopt;
        const Octets taken{next_, count};
        next_ += count;
        return taken;
    }
    // Unsigned LEB128; nothing where it is truncated or does not fit 64 bits.
    std::optional<std::uint64_t> varint() noexcept {
        if (next_ != end_ && *next_ < 0x80) return *next_++;
        std::uint64_t value = 0;
        for (unsigned shift = 0; next_ != end_ && shift < 64; shift += 7) {
            const std::uint8_t octet = *next_++;
            if (shift == 63 && octet > 1) return std::nullopt;
            value |= std::uint64_t{octet & 0x7fU} << shift;
            if (octet < 0x80) return value;
        }
        return std::nullopt;
    }

  private:
    const std::uint8_t* begin_;
    const std::uint8_t* next_;
    const std::uint8_t* end_;
};

}  // namespace dnshist
