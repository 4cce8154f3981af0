// Keys made shorter by a fixed table of symbols.
//
// What prefix compression leaves of a key is mostly letters of names that no neighbour shares. Each
// octet of the packed form stands for one to eight octets of the key that are common in such
// places: a pair of letters, "\3com", the end of an owner with the type that follows. A key is
// packed by itself, so one entry of a block is read without the others; that, and a speed of about
// one octet a nanosecond, is what we chose over LZ4 or zstd with a dictionary.
//
// The method is that of FSST (Boncz, Neumann, Leis, VLDB 2020), but for one table for every store,
// which is part of the format (storage/FORMAT.md): found by counting in names that real feeds hold
// and in English words.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "storage/octets.hpp"

namespace dnshist {

inline constexpr std::size_t max_symbol_octets = 8;

// Appends the packed form of `octets` to `out`. It may be up to three times as long, for octets
// that are in no symbol and each alone; names and text become shorter by a third to a half.
void pack_symbols(Octets octets, std::vector<std::uint8_t>& out);

// Unpacks into `out`, which has `room` octets, max_symbol_octets of them not used for the result.
// How many octets there are; nothing where they do not fit or `packed` ends too early.
std::optional<std::size_t> unpack_symbols(Octets packed, std::uint8_t* out,
                                          std::size_t room) noexcept;

}  // namespace dnshist
