// Walks the entries of a map, across its blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "storage/base/octets.hpp"
#include "storage/block/block_damage.hpp"
#include "storage/block/block_database.hpp"
#include "storage/block/block_reader.hpp"
#include "storage/block/block_source.hpp"
#include "storage/block/prefetch.hpp"

namespace dnshist {

// Entries come in order of their keys. Damaged blocks are reported and skipped.
class BlockCursor {
  public:
    // `state` is a number that no earlier cursor of the map had for another source.
    BlockCursor(std::unique_ptr<BlockSource> blocks, BlockSymbols& symbols,
                const BlockDamage& report, std::uint64_t state = 1);
    BlockCursor(const BlockDatabase& database, const BlockDamage& report)
        : BlockCursor(database.source(), database.symbols, report) {}

    // To be called after the transaction was renewed.
    void renew() {
        blocks_->renew();
        ++state_;
    }

    // Places the cursor before the first entry whose key is at or after `target`.
    void seek(Octets target);
    bool next();

    // Finds the block and the segment in which each of these seeks begins, and loads them into the
    // processor's cache. Each has a place for the source, the last; where that is not excluded. Not
    // between a seek and its last next().
    void prefetch(std::span<Prefetch* const> seeks, std::size_t source);
    // As seek(target), the target of the prefetch; starts from what was found where the transaction
    // was not renewed since.
    void seek(Octets target, const Prefetch::Place& found);

    Octets key() const noexcept { return block_.key(); }
    Octets payload() const noexcept { return block_.payload(); }
    std::size_t shared() const noexcept { return block_.shared(); }
    // BlockReader's, for the last seek, until the cursor goes on to another block.
    std::optional<std::size_t> shared_before() const noexcept { return block_.shared_before(); }
    PackedKey packed_key() const noexcept {
        return {block_.packed(), block_.shared(), block_.symbols()};
    }
    Octets block_key() const noexcept { return block_key_; }
    // Whether the next entry, if there is one, is in another block.
    bool ends_block() const noexcept { return block_.ends_block(); }
    // Whether the last seek found that the source has no block at all.
    bool is_empty() const noexcept { return is_empty_; }
    // Blocks read since the last seek.
    std::uint64_t reads() const noexcept { return reads_; }

  private:
    void find_segment(Octets target, Prefetch::Place& found);
    void open_block(Octets key, Octets block);
    bool next_block();

    std::unique_ptr<BlockSource> blocks_;
    BlockSymbols* symbols_;
    std::uint64_t state_;         // of the source: counts the renewals
    bool is_prefetched_ = false;  // the block was found by prefetch(); blocks_ may be elsewhere
    Octets block_key_;
    const BlockDamage& report_;
    BlockReader block_;
    std::uint64_t reads_ = 0;
    bool ended_ = true;
    bool is_empty_ = false;
};

// Whether any entry's key begins with `prefix`. Damaged blocks are skipped.
bool has_prefix(const BlockDatabase& database, Octets prefix);

}  // namespace dnshist
