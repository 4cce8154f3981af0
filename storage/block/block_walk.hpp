// The entries of a block that is to be changed, as a merge goes through them.
//
// It stops at the entries that it has to look at: those where a change belongs, and the first of
// each segment. What lies between keeps its packed form, and is passed over with as little as a
// look at how much each key shares.
#pragma once

#include <array>
#include <optional>

#include "storage/base/octets.hpp"
#include "storage/block/block.hpp"

namespace dnshist {

class BlockWalk {
  public:
    // At the first entry. An empty `block` has none; `next_block` is the key of the block after, or
    // empty. What is damaged is a DamagedBlock, here and below.
    BlockWalk(const BlockDatabase& database, Octets block_key, Octets block, Octets next_block);
    BlockWalk(const BlockWalk&) = delete;
    BlockWalk& operator=(const BlockWalk&) = delete;

    std::uint8_t symbols() const noexcept { return symbols_; }
    bool at_entry() const noexcept { return at_entry_; }
    const BlockReader& entry() const noexcept { return *here_; }

    // Passes over what follows the entry in its segment and is before `change`, which is after the
    // entry; nothing: there is no change.
    BlockReader::Passed pass(const std::optional<Octets>& change);
    void next();

  private:
    void turn();
    bool is_entry(BlockReader::Step step) const;

    Octets block_key_;
    Octets next_block_;
    std::uint8_t symbols_;
    std::array<BlockReader, 2> readers_;
    BlockReader* here_ = &readers_[0];
    // At the first entry of the segment after: its key is what the segment's are before.
    BlockReader* ahead_ = &readers_[1];
    bool at_entry_ = false;
    bool entry_ahead_ = false;
    std::size_t segments_ = 0;  // that were begun
};

}  // namespace dnshist
