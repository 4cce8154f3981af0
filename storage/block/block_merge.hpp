// Changes a database of packed blocks: merges keys in ascending order into it, block by block.
//
// Every block that a change falls into is read once and written once. Blocks next to each other
// that all change are written together, as the fewest of even size that hold it all: so a first
// import, or a batch that changes everything, fills its pages, and a block that overflows by itself
// splits in two halves as a B-tree leaf does. A block that loses all its entries is gone, but for
// the first one, which stays without any: every key belongs into a block.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/block.hpp"

namespace dnshist {

// A block to be changed is damaged: nothing was written.
struct DamagedBlock : std::runtime_error {
    DamagedBlock(Octets key, const char* why)
        : std::runtime_error(why), block_key(key.begin(), key.end()) {}
    std::vector<std::uint8_t> block_key;
};

// What surrounds a key that is new.
struct Surroundings {
    const BlockDatabase& database;
    Octets before;      // the entry before it in its block, or empty
    Octets after;       // the entry after it in its block, or empty
    Octets block;       // the key of its block
    Octets next_block;  // the key of the block after, or empty

    // Whether an entry whose key begins with `prefix` was in the database before the merge;
    // `prefix` is itself a prefix of the new key, and no key of the merge before it has it. Nearly
    // always the entries around it say so; the store is read where a block's key goes on past
    // `prefix`: when the block was cut the entry before it had the prefix, and has since perhaps
    // been removed.
    bool had_prefix(Octets prefix) const;
};

// Where the changes come from, in ascending order of keys without repeats.
class BlockChanges {
  public:
    virtual ~BlockChanges() = default;
    // The next key; nothing at the end. Good until the merge is done.
    virtual std::optional<Octets> next_key() = 0;
    // What that key's payload becomes, or nothing: the key is not to be there. The octets are good
    // until the merge is done.
    virtual std::optional<Octets> insert(const Surroundings& surroundings) = 0;
    virtual std::optional<Octets> update(Octets old_payload) = 0;
};

// Throws lmdb::Error (MDB_MAP_FULL among them) or DamagedBlock; abort the transaction then.
void merge_blocks(const BlockDatabase& database, std::size_t page_size, BlockChanges& changes);

// The same for changes that come in several pieces, with the memory and the symbols of one.
class BlockMerge {
  public:
    BlockMerge(const BlockDatabase& database, std::size_t page_size);
    ~BlockMerge();
    BlockMerge(const BlockMerge&) = delete;
    BlockMerge& operator=(const BlockMerge&) = delete;

    void run(BlockChanges& changes);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Rewrites neighbouring blocks as fewer where removals have left them much room, from the block
// `next` on (empty: from the first), and sets `next` to where to go on, empty at the end. Stops
// when about `budget` blocks were rewritten. How many blocks there are fewer. Throws as
// merge_blocks().
std::size_t repack(const BlockDatabase& database, std::size_t page_size, std::size_t budget,
                   std::vector<std::uint8_t>& next);

}  // namespace dnshist
