// BlockSource: the seam between the cursors and an engine.
//
// A sorted map of entries is cut into blocks, and an engine keeps these under their keys. To read
// and to merge, an engine finds a block and goes on to the next one; all that is inside of a block
// is known above this (block_cursor.hpp, merge_reader.hpp). One database of LMDB is a source
// (block_database.hpp); so are several of them after one another, and blocks in memory.
#pragma once

#include "storage/base/octets.hpp"

namespace dnshist {

// The blocks of one map in one state, in order, each under a key that is at or before the keys in
// it and after those in the block before.
class BlockSource {
  public:
    BlockSource() = default;
    virtual ~BlockSource() = default;
    BlockSource(const BlockSource&) = delete;
    BlockSource& operator=(const BlockSource&) = delete;

    // Goes to the block where a walk of all keys at or after `key`, which may have any length,
    // begins: the last block at or before it, or else the first. Whether there is one.
    virtual bool find(Octets key) = 0;
    // Goes on to the block after; after find() alone. Whether there is one.
    virtual bool next() = 0;
    // Takes the newest state, in which it is at no block.
    virtual void renew() = 0;

    // The key and the octets of the block that it is at. They are good as long as the state is
    // held, wherever it goes.
    Octets key() const noexcept { return key_; }
    Octets block() const noexcept { return block_; }

  protected:
    void at(Octets key, Octets block) noexcept {
        key_ = key;
        block_ = block;
    }

  private:
    Octets key_;
    Octets block_;
};

}  // namespace dnshist
