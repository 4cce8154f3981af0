// Walks the entries of a database, across its blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "storage/base/octets.hpp"
#include "storage/block/block_database.hpp"
#include "storage/block/block_reader.hpp"
#include "storage/block/prefetch.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

// Entries come in order of their keys. Damaged blocks are reported and skipped.
class BlockCursor {
  public:
    BlockCursor(const BlockDatabase& database, const BlockDamage& report);

    // To be called after the transaction was renewed.
    void renew() {
        blocks_.renew(database_.transaction);
        ++state_;
    }

    // Places the cursor before the first entry whose key is at or after `target`.
    void seek(Octets target);
    bool next();

    // Finds the block and the segment in which each of these seeks begins, and loads them into the
    // processor's cache. Not between a seek and its last next().
    void prefetch(std::span<Prefetch* const> seeks);
    // As seek(target); starts from what was found where `prefetched` has the same target and the
    // transaction was not renewed since.
    void seek(Octets target, const Prefetch& prefetched);

    Octets key() const noexcept { return block_.key(); }
    Octets payload() const noexcept { return block_.payload(); }
    std::size_t shared() const noexcept { return block_.shared(); }
    // BlockReader's, for the last seek, until the cursor goes on to another block.
    std::optional<std::size_t> shared_before() const noexcept { return block_.shared_before(); }
    Octets block_key() const noexcept { return block_key_; }
    // Blocks read since the last seek.
    std::uint64_t reads() const noexcept { return reads_; }

  private:
    bool find_block(Octets target);
    void find_segment(Prefetch& seek);
    void open_block(Octets key, Octets block);
    bool next_block();

    BlockDatabase database_;
    lmdb::Cursor blocks_;
    std::uint64_t state_ = 1;     // of the database: counts the renewals
    bool is_prefetched_ = false;  // the block was found by prefetch(); blocks_ may be elsewhere
    Octets block_key_;
    const BlockDamage& report_;
    BlockReader block_;
    std::uint64_t reads_ = 0;
    bool ended_ = true;
};

// Whether any entry's key begins with `prefix`. Damaged blocks are skipped.
bool has_prefix(const BlockDatabase& database, Octets prefix);

}  // namespace dnshist
