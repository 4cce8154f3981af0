// Learns the symbols of which keys are made, from some of them.
#pragma once

#include <span>

#include "storage/base/octets.hpp"
#include "storage/block/fsst.hpp"

namespace dnshist {

// So many octets are worth learning from; more take longer and give no better symbols.
inline constexpr std::size_t training_octets = std::size_t{1} << 15;

// A table that makes the sample short. The method is FSST's: the sample is packed with the symbols
// there are, then those that saved the most, and pairs of neighbours that would have, become the
// next symbols; and so for a few rounds.
SymbolTable learn_symbols(std::span<const Octets> sample);

}  // namespace dnshist
