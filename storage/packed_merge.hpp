// Changes a database of packed blocks: merges keys in ascending order into it, block by block.
//
// Every block that a change falls into is read once and written once, as the fewest blocks of even
// size that hold it all, so a first import fills its pages and a block that overflows splits in two
// halves as a B-tree leaf does.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <vector>

#include "storage/lmdb.hpp"
#include "storage/octets.hpp"

namespace dnshist {

// A block to be changed is damaged: nothing was written.
struct DamagedBlock : std::runtime_error {
    DamagedBlock(Octets key, const char* why)
        : std::runtime_error(why), block_key(key.begin(), key.end()) {}
    std::vector<std::uint8_t> block_key;
};

// What surrounds a key that is new, in the database as it was: good for telling whether anything
// with the same beginning was there (see had_prefix).
struct Surroundings {
    Octets before;      // the entry before it in its block, or empty
    Octets after;       // the entry after it in its block, or empty
    Octets block;       // the key of its block
    Octets next_block;  // the key of the block after, or empty

    // Whether an entry whose key begins with `prefix` was in the database; `prefix` is itself a
    // prefix of the new key. A block's key is the shortest that sets it apart from the entry before
    // the block, so where it goes on past `prefix`, that entry has the prefix.
    bool had_prefix(Octets prefix) const noexcept {
        const auto goes_on = [&](Octets key) {
            return key.size() > prefix.size() && starts_with(key, prefix);
        };
        return starts_with(before, prefix) || starts_with(after, prefix) || goes_on(block) ||
               goes_on(next_block);
    }
};

// Where the changes come from, in ascending order of keys without repeats.
class PackedChanges {
  public:
    virtual ~PackedChanges() = default;
    // The next key; nothing at the end. Good until the merge is done.
    virtual std::optional<Octets> next_key() = 0;
    // What that key's payload becomes; the octets are good until the merge is done.
    virtual Octets insert(const Surroundings& surroundings) = 0;
    virtual Octets update(Octets old_payload) = 0;
};

// Throws lmdb::Error (MDB_MAP_FULL among them) or DamagedBlock; abort the transaction then.
void merge_packed(const lmdb::Transaction& transaction, MDB_dbi database, std::size_t page_size,
                  PackedChanges& changes);

}  // namespace dnshist
