// FSST, fast static symbol tables: short strings compressed one by one (Boncz, Neumann, Leis, VLDB
// 2020).
//
// Prefix compression leaves of a key mostly letters of names that no neighbour shares. Each octet
// of the packed form is a code for one to eight octets of the key that are frequent in such places:
// a pair of letters, "\3com", the end of an owner with the type that follows. A key is packed by
// itself, so that one entry of a block is read without the others; that, and a speed of more than
// one octet a nanosecond, is why we chose it over LZ4 or zstd with a dictionary.
//
// Different from the paper:
// - There are 252 codes for symbols, and four escape codes instead of one: an escape announces a
//   run of literal octets and not a single one.
// - Packed octets are compared with a plain key without unpacking them (SymbolTable::compare).
// - A packer looks symbols up in exact buckets and not in a lossy hash table, so that it always
//   takes the longest.
//
// Tables are trained on keys of the store (storage/fsst/fsst_training.hpp) and kept in it
// (storage/block/symbol_tables.hpp).
//
//     packed := (symbol:octet | 252 octet | 253 octet{2} | 254 octet{3}
//                | 255 length:octet octet{length})*
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"

namespace dnshist {

inline constexpr std::size_t max_symbols = 252;
inline constexpr std::size_t max_symbol_octets = 8;

// One to eight octets.
struct Symbol {
    std::uint64_t octets = 0;  // the first in the lowest bits, zeros after the last
    std::uint8_t size = 0;

    friend bool operator==(const Symbol&, const Symbol&) = default;
};

// The symbols, numbered from 0, as they are unpacked.
class SymbolTable {
  public:
    // Without symbols: all octets are literals.
    SymbolTable() = default;
    // Symbols past max_symbols are left out.
    explicit SymbolTable(std::span<const Symbol> symbols) noexcept;

    std::size_t size() const noexcept { return size_; }
    Symbol operator[](std::size_t number) const noexcept {
        return {octets_[number], sizes_[number]};
    }

    // Unpacks into `out`, which has `room` octets; the last max_symbol_octets of them may be
    // overwritten but hold nothing of the result. The size of the result; nothing where it does not
    // fit, a code is not in the table, or `packed` ends too early.
    std::optional<std::size_t> unpack(Octets packed, std::uint8_t* out,
                                      std::size_t room) const noexcept;

    struct Comparison {
        std::uint32_t common;  // leading octets that both have
        int order;             // below 0 where the packed octets come first, 0 where both are equal
    };
    // Compares `packed` with the octets of `sought` from `place` on, without unpacking it; nothing
    // where the part of it that was read is malformed.
    std::optional<Comparison> compare(Octets packed, Octets sought,
                                      std::size_t place) const noexcept;

  private:
    std::size_t size_ = 0;
    std::array<std::uint64_t, max_symbols> octets_{};
    std::array<std::uint8_t, max_symbols> sizes_{};
};

// The most that `count` octets may take when packed: each in a run of its own.
constexpr std::size_t max_packed_octets(std::size_t count) noexcept {
    return 2 * count;
}

// A symbol table indexed for packing: some 140 KB.
class SymbolPacker {
  public:
    explicit SymbolPacker(const SymbolTable& table);

    // The longest symbol that `octets` begin with; nothing where there is none.
    std::optional<std::uint8_t> longest(Octets octets) const noexcept;

    // Packs into `out`, which has room for max_packed_octets(); returns the end.
    std::uint8_t* pack(Octets octets, std::uint8_t* out) const noexcept;

  private:
    struct Match {
        std::uint8_t symbol = 0;
        std::uint8_t size = 0;  // 0: no symbol matches
    };
    // A symbol of three octets or more.
    struct LongSymbol {
        std::uint64_t octets;
        std::uint64_t mask;
        Match match;
    };
    struct Bucket {
        std::uint8_t first = 0;
        std::uint8_t last = 0;  // the one after
    };
    static constexpr unsigned bucket_bits = 11;

    static std::size_t bucket_of(std::uint64_t word) noexcept {
        // By the first three octets.
        return static_cast<std::uint32_t>(static_cast<std::uint32_t>(word & 0xffffffU) *
                                          0x9e3779b1U) >>
               (32 - bucket_bits);
    }
    Match find(std::uint64_t word, std::size_t size) const noexcept;

    std::array<LongSymbol, max_symbols> longs_;  // by bucket, the longest of each first
    std::array<Bucket, std::size_t{1} << bucket_bits> buckets_{};
    // Symbols of one or two octets, by the first two octets of the word.
    std::array<Match, std::size_t{1} << 16> pairs_{};
    std::array<Match, 256> singles_{};
};

}  // namespace dnshist
