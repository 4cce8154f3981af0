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
#include "storage/block/block_cursor.hpp"
#include "storage/block/block_damage.hpp"
#include "storage/block/block_database.hpp"
#include "storage/block/range_builder.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

// Looks up entries of a map that is being merged into.
class PrefixLookup {
  public:
    virtual ~PrefixLookup() = default;
    // Whether any entry's key begins with `prefix`. Damaged blocks are skipped.
    virtual bool has_prefix(Octets prefix) const = 0;
};

// The neighbours of a key that is new.
struct Neighbours {
    const PrefixLookup& map;
    Octets before;      // the entry before it in its block, or empty
    Octets after;       // the entry after it in its block, or empty
    Octets block;       // the key of its block
    Octets next_block;  // the key of the block after, or empty

    // Whether an entry whose key begins with `prefix` was in the map before the merge; `prefix` is
    // itself a prefix of the new key, and of no key of the merge before it. Nearly always the
    // neighbours tell. The map is read where a block's key is longer than `prefix` and begins with
    // it: then the entry before that block had the prefix when the block was cut, and has perhaps
    // been removed since.
    bool had_prefix(Octets prefix) const {
        if (starts_with(before, prefix) || starts_with(after, prefix)) return true;
        const auto extends_prefix = [&](Octets key) {
            return key.size() > prefix.size() && starts_with(key, prefix);
        };
        return (extends_prefix(block) || extends_prefix(next_block)) && map.has_prefix(prefix);
    }
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

// Neighbouring blocks that are written together, at most.
inline constexpr std::size_t max_neighbours = 16;

// Merges changes into the blocks of a range, wherever an engine keeps them: the engine finds the
// block of the next change, and puts the blocks that come out in place of those that went in.
class BlockRangeMerge {
  public:
    // Throws DamagedBlock where the newest symbol table cannot be read.
    BlockRangeMerge(BlockSymbols& symbols, std::size_t page_size)
        : symbols_(symbols), range_(symbols, page_size) {}

    // `changes` outlive the merge.
    void begin(BlockChanges& changes) {
        changes_ = &changes;
        change_ = changes.next_key();
    }
    // The key of the next change.
    const std::optional<Octets>& change() const noexcept { return change_; }
    // The content that the added blocks get.
    RangeBuilder& range() noexcept { return range_; }

    // Adds to the range what a block will hold: its entries with its changes, those before
    // `next_block` or all where that is empty. `block` is empty where there is none yet. Throws
    // DamagedBlock.
    void add(Octets block_key, Octets block, Octets next_block, const PrefixLookup& map);

  private:
    BlockSymbols& symbols_;
    RangeBuilder range_;
    BlockChanges* changes_ = nullptr;
    std::optional<Octets> change_;
};

// One transaction's merges, which share memory and a symbol table: a merge of many changes may run
// in several pieces.
class BlockMerge {
  public:
    // Throws DamagedBlock where the newest symbol table cannot be read.
    BlockMerge(const BlockDatabase& database, std::size_t page_size)
        : database_(database),
          cursor_(database.transaction, database.blocks),
          lookup_(database),
          merge_(database.symbols, page_size) {}

    // Throws lmdb::Error (MDB_MAP_FULL among them) or DamagedBlock; abort the transaction then.
    void run(BlockChanges& changes);
    // In all runs together.
    std::uint64_t blocks_written() const noexcept { return blocks_written_; }

  private:
    struct Target;
    std::optional<Target> next_target();
    void replace_blocks();
    void remove_blocks();

    struct Lookup final : PrefixLookup {
        const BlockDatabase& database;

        explicit Lookup(const BlockDatabase& blocks) : database(blocks) {}
        bool has_prefix(Octets prefix) const override {
            return dnshist::has_prefix(database, prefix);
        }
    };

    const BlockDatabase& database_;
    lmdb::Cursor cursor_;
    Lookup lookup_;
    BlockRangeMerge merge_;
    std::uint64_t blocks_written_ = 0;
    std::vector<std::vector<std::uint8_t>> replaced_;  // keys of the blocks that the range replaces
};

// A merge in one piece. How many blocks were written.
inline std::uint64_t merge_blocks(const BlockDatabase& database, std::size_t page_size,
                                  BlockChanges& changes) {
    BlockMerge merging(database, page_size);
    merging.run(changes);
    return merging.blocks_written();
}

}  // namespace dnshist
