// Builds the blocks of a range of keys: a merge and a repack collect here what the blocks that they
// replace will hold.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/base/arena.hpp"
#include "storage/base/octets.hpp"
#include "storage/block/block_builder.hpp"
#include "storage/block/block_damage.hpp"
#include "storage/block/merge_reader.hpp"
#include "storage/block/symbol_tables.hpp"

namespace dnshist {

// Sorts before every key of an entry, in every database: the first block's key.
inline constexpr std::uint8_t lowest_key[] = {0};

// Keys read from an old block are copied, since its reader writes each over the one before;
// payloads and packed keys stay where they are in LMDB's map, which is not written to until all new
// blocks are encoded. The memory is used again for the next range.
class RangeBuilder {
  public:
    // Throws DamagedBlock where the newest symbol table cannot be read: nothing can be written
    // without it.
    RangeBuilder(BlockSymbols& symbols, std::size_t page_size);

    // Begins a new range.
    void clear();

    // A copy that is good until clear().
    Octets keep(Octets key) { return arena_.keep(key); }

    // Adds an entry. Its octets must stay until the blocks are encoded.
    void add(Octets key, Octets payload) {
        const std::size_t shared = common_prefix(last_, key);
        add({key, payload, shared, pack(key.subspan(shared)), shared});
        last_ = key;
    }
    // The same with a key that lies packed in another block.
    void add(Octets key, Octets payload, const PackedKey& packed) {
        if (packed.symbols != symbols_) return add(key, payload);
        add({key, payload, common_prefix(last_, key), packed.octets, packed.from});
        last_ = key;
    }
    // Adds the entry that `old` is at, under `key`, which equals its own, and the entries that
    // follow it before `change` as far as they can stay in their packed form; moves `old` behind
    // them. The octets that the last key added has in common with the keys after it.
    Octets add(Octets key, Octets payload, MergeReader& old, const std::optional<Octets>& change) {
        if (old.symbols() != symbols_) {
            add(key, payload);
        } else {
            const BlockReader& current = old.entry();
            const std::size_t shared = common_prefix(last_, key);
            BlockEntry entry{key, payload, shared, current.packed(), current.shared()};
            const BlockReader::Skipped skipped = old.skip_to(change);
            entry.followers = skipped.entries;
            entry.form = current.form();
            last_ = skipped.entries.empty() ? key : keep(skipped.last);
            add(entry);
        }
        old.next();
        return last_;
    }

    // The octets that the last key added has in common with any that may come after.
    Octets last() const noexcept { return last_; }
    bool empty() const noexcept { return entries_.empty(); }
    // The octets of a block that fits into one page.
    std::size_t max_block() const noexcept { return max_block_; }

    // Makes blocks of the entries. The octets that the entries refer to may be overwritten
    // afterwards.
    void encode();
    // The blocks: how many there are, the key of each after the first, and its octets.
    std::size_t blocks() const noexcept { return blocks_.size(); }
    Octets key(std::size_t block) const noexcept { return blocks_[block].key; }
    Octets block(std::size_t block) const noexcept {
        return Octets(encoded_).subspan(blocks_[block].offset, blocks_[block].octets);
    }

    // A block without entries.
    Octets encode_empty();

  private:
    class Pending;
    struct Block {
        Octets key;
        std::size_t offset;
        std::size_t octets;
    };

    void add(const BlockEntry& entry) {
        entries_.push_back(entry);
        if (!entry.payload.empty() || entry.form == BlockForm::entries) form_ = BlockForm::entries;
    }
    Octets pack(Octets octets) {
        const std::size_t room = max_packed_octets(octets.size());
        std::uint8_t* const begin = arena_.take(room);
        std::uint8_t* const end = packer_.pack(octets, begin);
        arena_.give_back(room - static_cast<std::size_t>(end - begin));
        return {begin, end};
    }
    std::size_t block_size(std::size_t octets) const noexcept;
    void encode_blocks(std::size_t size);
    void encode_block(Pending& pending, std::size_t size);

    std::size_t max_block_;
    std::uint8_t symbols_;  // the newest
    const SymbolTable& table_;
    SymbolPacker packer_;
    BlockForm form_ = BlockForm::keys;
    std::vector<BlockEntry> entries_;
    Octets last_;  // the octets that the last key has in common with any that may come after
    std::vector<std::uint8_t> encoded_;
    std::vector<Block> blocks_;
    Arena arena_{1 << 16};  // keys, and their packed forms
};

}  // namespace dnshist
