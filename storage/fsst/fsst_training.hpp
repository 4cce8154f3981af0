// Trains a symbol table: the bottom-up construction of the FSST paper.
//
// The sample is packed with the table there is; the symbols that saved the most, and the pairs of
// neighbours that would have, become the next table; and so for five rounds, from an empty table.
// Different from the authors' code, each round packs the whole sample, which is small, and the last
// round makes no pairs.
#pragma once

#include <span>

#include "storage/base/octets.hpp"
#include "storage/fsst/fsst.hpp"

namespace dnshist {

// A sample of so many octets is enough; a larger one takes longer and gives no better symbols.
inline constexpr std::size_t training_octets = std::size_t{1} << 15;

// A table that makes the sample short.
SymbolTable train_symbols(std::span<const Octets> sample);

}  // namespace dnshist
