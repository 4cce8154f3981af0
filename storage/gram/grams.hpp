// The grams of a text: three octets of it, or four, that are neighbours.
//
// Each gram has one of some thousand rows. A search index knows of each group of keys which rows
// its texts have: a literal may be where all rows of its own grams are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/base/octets.hpp"

namespace dnshist::gram {

inline constexpr std::size_t row_bits = 12;
inline constexpr std::size_t rows = std::size_t{1} << row_bits;

// The row of the gram of three or four octets that begins there.
inline std::size_t row_of(const std::uint8_t* gram, std::size_t octets) noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < octets; ++i)
        value = value << 8U | gram[i];
    return value * 0x9e3779b1U >> (32 - row_bits);
}

// Gives the row of each gram of a text, perhaps more than once. Three octets have two rows, since a
// short literal has few grams.
template <class Take>
void for_each_row(Octets text, const Take& take) {
    for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
        const std::array<std::uint8_t, 4> closed{text[at], text[at + 1], text[at + 2], 0};
        take(row_of(closed.data(), 3));
        take(row_of(closed.data(), 4));
        if (at + 4 <= text.size()) take(row_of(text.data() + at, 4));
    }
}

// The rows of the grams of a literal, so many that more would hardly exclude anything. Those far
// from each other come first: neighbours say nearly the same.
class LiteralRows {
  public:
    LiteralRows() = default;
    explicit LiteralRows(Octets literal) noexcept {
        for (std::size_t first = 0; first < 4; ++first) {
            for (std::size_t at = first; at + 4 <= literal.size(); at += 4)
                add(literal.data() + at, 4);
        }
        for (std::size_t first = 0; first < 3; ++first) {
            for (std::size_t at = first; at + 3 <= literal.size(); at += 3) {
                const std::array<std::uint8_t, 4> closed{literal[at], literal[at + 1],
                                                         literal[at + 2], 0};
                add(closed.data(), 3);
                add(closed.data(), 4);
            }
        }
    }
    std::span<const std::size_t> rows() const noexcept { return {rows_.data(), size_}; }

  private:
    void add(const std::uint8_t* gram, std::size_t octets) noexcept {
        if (size_ < rows_.size()) rows_[size_++] = row_of(gram, octets);
    }

    std::array<std::size_t, 24> rows_{};
    std::size_t size_ = 0;
};

}  // namespace dnshist::gram
