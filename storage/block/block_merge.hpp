// Merges changes into a database of blocks.
//
// The changes come in ascending order of keys. Every block that a change falls into is read once
// and written once. Neighbouring blocks that all change are written together, as the fewest of even
// size that hold their entries: so a first import, or a batch that changes everything, fills its
// pages, and a single block that overflows splits into halves as a B-tree leaf does. A block that
// loses all its entries is removed, except for the first one, which stays without any: every key
// has a block that it belongs into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/block_damage.hpp"
#include "storage/block/block_database.hpp"
#include "storage/block/range_builder.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

// The neighbours of a key that is new.
struct Neighbours {
    const BlockDatabase& database;
    Octets before;      // the entry before it in its block, or empty
    Octets after;       // the entry after it in its block, or empty
    Octets block;       // the key of its block
    Octets next_block;  // the key of the block after, or empty

    // Whether an entry whose key begins with `prefix` was in the database before the merge;
    // `prefix` is itself a prefix of the new key, and of no key of the merge before it. Nearly
    // always the neighbours tell. The store is read where a block's key is longer than `prefix` and
    // begins with it: then the entry before that block had the prefix when the block was cut, and
    // has perhaps been removed since.
    bool had_prefix(Octets prefix) const;
};

// The source of the changes, in ascending order of keys without repeats.
class BlockChanges {
  public:
    virtual ~BlockChanges() = default;
    // The next key; nothing at the end. Good until the merge is done.
    virtual std::optional<Octets> next_key() = 0;
    // The payload of that key after the merge; nothing where the key is not to be there. The octets
    // are good until the merge is done.
    virtual std::optional<Octets> insert(const Neighbours& neighbours) = 0;
    virtual std::optional<Octets> update(Octets old_payload) = 0;
};

// One transaction's merges, which share memory and a symbol table: a merge of many changes may run
// in several pieces.
class BlockMerge {
  public:
    // Throws DamagedBlock where the newest symbol table cannot be read.
    BlockMerge(const BlockDatabase& database, std::size_t page_size)
        : database_(database),
          cursor_(database.transaction, database.blocks),
          range_(database.symbols, page_size) {}

    // Throws lmdb::Error (MDB_MAP_FULL among them) or DamagedBlock; abort the transaction then.
    void run(BlockChanges& changes);
    // In all runs together.
    std::uint64_t blocks_written() const noexcept { return blocks_written_; }

  private:
    struct Target;
    std::optional<Target> next_target();
    std::optional<Octets> change_in(const Target& target) const;
    void add_merged(const Target& target);
    void replace_blocks();
    void remove_blocks();

    const BlockDatabase& database_;
    BlockChanges* changes_ = nullptr;
    lmdb::Cursor cursor_;
    RangeBuilder range_;
    std::optional<Octets> change_;  // the key of the next change
    std::uint64_t blocks_written_ = 0;
    std::vector<std::vector<std::uint8_t>> replaced_;  // keys of the blocks that range_ replaces
};

// A merge in one piece. How many blocks were written.
inline std::uint64_t merge_blocks(const BlockDatabase& database, std::size_t page_size,
                                  BlockChanges& changes) {
    BlockMerge merging(database, page_size);
    merging.run(changes);
    return merging.blocks_written();
}

}  // namespace dnshist
