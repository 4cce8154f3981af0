// Keys made shorter by a table of symbols.
//
// What prefix compression leaves of a key is mostly letters of names that no neighbour shares. Each
// octet of the packed form stands for one to eight octets of the key that are common in such
// places: a pair of letters, "\3com", the end of an owner with the type that follows. A key is
// packed by itself, so one entry of a block is read without the others; that, and a speed of more
// than one octet a nanosecond, is what we chose over LZ4 or zstd with a dictionary.
//
// The method is FSST (Boncz, Neumann, Leis, VLDB 2020). The tables are learnt from what the store
// holds (storage/block/fsst_training.hpp) and kept in it (storage/block/symbol_tables.hpp).
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
    // Of no symbols: all octets stand for themselves.
    SymbolTable() = default;
    // At most max_symbols, the rest is left out.
    explicit SymbolTable(std::span<const Symbol> symbols) noexcept;

    std::size_t size() const noexcept { return size_; }
    Symbol operator[](std::size_t number) const noexcept {
        return {octets_[number], sizes_[number]};
    }

    // Unpacks into `out`, which has `room` octets, max_symbol_octets of them not used for the
    // result. How many octets there are; nothing where they do not fit, a symbol is none of the
    // table, or `packed` ends too early.
    std::optional<std::size_t> unpack(Octets packed, std::uint8_t* out,
                                      std::size_t room) const noexcept;

    // How what is packed compares with octets that are sought.
    struct Comparison {
        std::size_t common;  // leading octets that both have
        int order;           // below 0 where what is packed comes first, 0 where both are equal
    };
    // Compares `packed` with what `sought` has from `place` on, without unpacking it; nothing where
    // it cannot be unpacked, as far as it was looked at.
    std::optional<Comparison> compare(Octets packed, Octets sought,
                                      std::size_t place) const noexcept;

  private:
    std::size_t size_ = 0;
    std::array<std::uint64_t, max_symbols> octets_{};
    std::array<std::uint8_t, max_symbols> sizes_{};
};

// What `count` octets may come to when packed: each by itself, in a run of its own.
constexpr std::size_t max_packed_octets(std::size_t count) noexcept {
    return 2 * count;
}

// A table as keys are packed with it: some 140 KB.
class SymbolPacker {
  public:
    explicit SymbolPacker(const SymbolTable& table);

    // The longest symbol that `octets` begin with; nothing where there is none.
    std::optional<std::uint8_t> longest(Octets octets) const noexcept;

    // Packs into `out`, which has room for max_packed_octets(); returns the end.
    std::uint8_t* pack(Octets octets, std::uint8_t* out) const noexcept;

  private:
    struct Found {
        std::uint8_t symbol = 0;
        std::uint8_t size = 0;  // 0: there is none
    };
    // A symbol of three octets or more.
    struct Long {
        std::uint64_t octets;
        std::uint64_t mask;
        Found found;
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
    Found find(std::uint64_t word, std::size_t size) const noexcept;

    std::array<Long, max_symbols> longs_;  // those of a bucket together, the longest first
    std::array<Bucket, std::size_t{1} << bucket_bits> buckets_{};
    // Of one or two octets, by the two that begin the word.
    std::array<Found, std::size_t{1} << 16> pairs_{};
    std::array<Found, 256> singles_{};
};

}  // namespace dnshist
