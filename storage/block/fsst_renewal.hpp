// When a database of packed blocks learns new symbols, and what from.
#pragma once

#include <cstdint>
#include <functional>

#include "storage/base/octets.hpp"
#include "storage/block/block.hpp"

namespace dnshist {

// Keys that are about to come in, ascending.
struct IncomingKeys {
    std::size_t count;
    std::function<Octets(std::size_t)> key;
};

// Gives the database a new newest table of symbols where it has none, or has grown by a quarter
// since its newest was learnt: what it holds may be of another kind by then. What is learnt from
// are keys of all blocks and those that come in, as many of each as there are; `known` keys are in
// the blocks.
void renew_symbols(const BlockDatabase& database, std::uint64_t known,
                   const IncomingKeys& incoming);

}  // namespace dnshist
