// Reads a block that is being rewritten.
//
// The reader stops only at the entries that a merge has to look at: those next to a change, and the
// first of each segment. The entries between them keep their packed form, and skipping one costs a
// look at how much its key shares with the key before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"
#include "storage/block/block_damage.hpp"
#include "storage/block/block_reader.hpp"
#include "storage/block/symbol_tables.hpp"

namespace dnshist {

// Every function throws DamagedBlock where it meets damage.
class MergeReader {
  public:
    // At the first entry. An empty `block` has none; `next_block` is the key of the block after, or
    // empty.
    MergeReader(BlockSymbols& symbols, Octets block_key, Octets block, Octets next_block);
    MergeReader(const MergeReader&) = delete;
    MergeReader& operator=(const MergeReader&) = delete;

    std::uint8_t symbols() const noexcept { return symbols_; }
    bool at_entry() const noexcept { return at_entry_; }
    const BlockReader& entry() const noexcept { return *current_; }

    // Skips the entries of the segment that follow the current one and are before `change`, which
    // is after the current one; nothing: there is no change.
    BlockReader::Skipped skip_to(const std::optional<Octets>& change);
    void next();

  private:
    void enter_next_segment();
    bool is_entry(BlockReader::Step step) const;

    Octets block_key_;
    Octets next_block_;
    std::uint8_t symbols_;
    std::array<BlockReader, 2> readers_;
    BlockReader* current_ = &readers_[0];
    // At the first entry of the next segment: the keys of the current segment are before that.
    BlockReader* ahead_ = &readers_[1];
    bool at_entry_ = false;
    bool entry_ahead_ = false;
    std::size_t segments_ = 0;  // that were begun
};

}  // namespace dnshist
