// The making of blocks, for packed_merge.cpp and packed_repack.cpp: a range of entries, and the
// blocks that they are cut into.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "storage/lmdb.hpp"
#include "storage/octets.hpp"
#include "storage/packed.hpp"
#include "storage/packed_merge.hpp"

namespace dnshist {

// What LMDB keeps of a page for itself.
inline constexpr std::size_t page_header_octets = 16;

// Sorts before every key of an entry, in every database.
inline constexpr std::uint8_t lowest_key[] = {0};

// The entries that a block of the database will hold, and the blocks made of them. Keys read from
// the old block are copied, since its reader puts each into the place of the one before; payloads
// and packed keys stay where they are in the map, which nothing overwrites until all new blocks are
// encoded.
class PackedRange {
  public:
    PackedRange(const PackedDatabase& database, std::size_t page_size)
        : max_block_(page_size - page_header_octets),
          symbols_(newest(database)),
          packer_(*database.symbols.find(symbols_)) {}

    void clear() {
        entries_.clear();
        encoded_.clear();
        blocks_.clear();
        form_ = BlockForm::keys;
        used_ = 0;
        slab_left_ = 0;
    }

    Octets keep(Octets key) {
        if (slab_left_ < key.size()) next_slab();
        std::uint8_t* place = slab_;
        std::copy(key.begin(), key.end(), place);
        slab_ += key.size();
        slab_left_ -= key.size();
        return {place, key.size()};
    }

    void add(Octets key, Octets payload) {
        const std::size_t shared = shared_with_last(key);
        add({key, payload, shared, pack(key.subspan(shared))});
    }
    // The entry that `old` is at, under `key`, which is its own; `symbols` are its block's.
    void add(Octets key, Octets payload, const BlockReader& old, std::uint8_t symbols) {
        const std::size_t shared = shared_with_last(key);
        const bool as_it_lies = symbols == symbols_ && shared == old.shared();
        add({key, payload, shared, as_it_lies ? old.packed() : pack(key.subspan(shared))});
    }

    bool empty() const noexcept { return entries_.empty(); }
    // What fits into one block.
    std::size_t max_block() const noexcept { return max_block_; }

    // Makes blocks of the entries. What they refer to may be overwritten afterwards.
    void encode() {
        std::size_t octets = 0;
        for (const BlockEntry& entry : entries_)
            octets += entry_octets(entry, form_);
        if (octets <= max_block_) {
            // Perhaps one block; only what overflows is cut into halves.
            encode_blocks(max_block_);
            if (blocks_.size() == 1) return;
            encoded_.clear();
            blocks_.clear();
        }
        encode_blocks(block_size(octets));
    }

    // A block without entries.
    Octets no_entries() {
        encoded_.clear();
        BlockWriter(encoded_, BlockForm::keys, symbols_, packer_).finish();
        return encoded_;
    }

    // Puts the blocks into the database, the first under `first_key`. How many there are.
    std::size_t put(lmdb::Cursor& cursor, Octets first_key) const {
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            const Octets value = Octets(encoded_).subspan(blocks_[i].offset, blocks_[i].octets);
            cursor.put(i == 0 ? first_key : blocks_[i].key, value);
        }
        return blocks_.size();
    }

  private:
    // The number of the newest symbols. Without them nothing can be written.
    static std::uint8_t newest(const PackedDatabase& database) {
        const auto newest = database.symbols.newest();
        if (!newest || database.symbols.find(newest->number) == nullptr) {
            throw DamagedBlock({}, "the symbols of its keys are damaged");
        }
        return newest->number;
    }

    void add(const BlockEntry& entry) {
        entries_.push_back(entry);
        if (!entry.payload.empty()) form_ = BlockForm::entries;
    }

    std::size_t shared_with_last(Octets key) const noexcept {
        return entries_.empty() ? 0 : common_prefix(entries_.back().key, key);
    }

    Octets pack(Octets octets) {
        const std::size_t room = max_packed_octets(octets.size());
        if (slab_left_ < room) next_slab();
        std::uint8_t* const begin = slab_;
        slab_ = packer_.pack(octets, begin);
        slab_left_ -= static_cast<std::size_t>(slab_ - begin);
        return {begin, slab_};
    }

    struct Block {
        Octets key;
        std::size_t offset;
        std::size_t octets;
    };

    static constexpr std::size_t slab_octets = 1 << 16;
    static constexpr std::size_t few_blocks = 4;

    void next_slab() {
        if (used_ == slabs_.size()) slabs_.emplace_back(slab_octets);
        slab_ = slabs_[used_++].data();
        slab_left_ = slab_octets;
    }

    // How large each block is to be: the octets spread evenly where they make a few blocks, as when
    // one overflows; full blocks where they make many.
    std::size_t block_size(std::size_t octets) const {
        octets += octets / 32;  // what segments add, nearly
        const std::size_t count = (octets + max_block_ - 1) / max_block_;
        return count <= 1 || count > few_blocks ? max_block_ : octets / count;
    }

    void encode_blocks(std::size_t size) {
        for (std::size_t next = 0; next < entries_.size();)
            next = encode_block(next, size);
    }

    // Encodes a block from the entry `first` on; the entry after its last.
    std::size_t encode_block(std::size_t first, std::size_t size) {
        const std::size_t offset = encoded_.size();
        BlockWriter writer(encoded_, form_, symbols_, packer_);
        std::size_t next = first;
        writer.append(entries_[next]);
        for (++next; next < entries_.size(); ++next) {
            const BlockEntry& entry = entries_[next];
            // The block's key is one octet longer than what its first entry shares with the entry
            // before: where that would be too long for LMDB, the cut comes later.
            const bool can_cut = entry.shared < lmdb::max_key_octets;
            if (can_cut && (writer.size_with(entry) > max_block_ || writer.size() >= size)) break;
            writer.append(entry);
        }
        writer.finish();
        blocks_.push_back({entries_[first].key.first(
                               std::min(entries_[first].key.size(), entries_[first].shared + 1)),
                           offset, encoded_.size() - offset});
        return next;
    }

    std::size_t max_block_;
    std::uint8_t symbols_;
    SymbolPacker packer_;
    BlockForm form_ = BlockForm::keys;
    std::vector<BlockEntry> entries_;
    std::vector<std::uint8_t> encoded_;
    std::vector<Block> blocks_;
    std::deque<std::vector<std::uint8_t>> slabs_;
    std::size_t used_ = 0;
    std::uint8_t* slab_ = nullptr;
    std::size_t slab_left_ = 0;
};

}  // namespace dnshist
