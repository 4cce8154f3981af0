// The making of blocks, for packed_merge.cpp and packed_repack.cpp: a range of entries, and the
// blocks that they are cut into.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/block.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/block/block_walk.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

// What LMDB keeps of a page for itself.
inline constexpr std::size_t page_header_octets = 16;

// Sorts before every key of an entry, in every database.
inline constexpr std::uint8_t lowest_key[] = {0};

// The entries that a block of the database will hold, and the blocks made of them. Keys read from
// the old block are copied, since its reader puts each into the place of the one before; payloads
// and packed keys stay where they are in the map, which nothing overwrites until all new blocks are
// encoded.
class BlockRange {
  public:
    BlockRange(const BlockDatabase& database, std::size_t page_size)
        : max_block_(page_size - page_header_octets),
          symbols_(newest(database)),
          table_(*database.symbols.find(symbols_)),
          packer_(table_) {}

    void clear() {
        entries_.clear();
        last_ = {};
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
        const std::size_t shared = common_prefix(last_, key);
        add({key, payload, shared, pack(key.subspan(shared)), shared});
        last_ = key;
    }
    // The entry that `old` is at, under `key`, which is its own, and of those that follow it before
    // `change` what can stay as it lies in the block; takes `old` behind that. What the last key
    // that was added has in common with those after.
    Octets add(Octets key, Octets payload, BlockWalk& old, const std::optional<Octets>& change) {
        if (old.symbols() != symbols_) {
            add(key, payload);
        } else {
            const BlockReader& here = old.entry();
            const std::size_t shared = common_prefix(last_, key);
            BlockEntry entry{key, payload, shared, here.packed(), here.shared()};
            const BlockReader::Passed passed = old.pass(change);
            entry.followers = passed.entries;
            entry.form = here.form();
            last_ = passed.entries.empty() ? key : keep(passed.last);
            add(entry);
        }
        old.next();
        return last_;
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
        BlockBuilder(encoded_, BlockForm::keys, symbols_, packer_).finish();
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
    static std::uint8_t newest(const BlockDatabase& database) {
        const auto newest = database.symbols.newest();
        if (!newest || database.symbols.find(newest->number) == nullptr) {
            throw DamagedBlock({}, "the symbols of its keys are damaged");
        }
        return newest->number;
    }

    void add(const BlockEntry& entry) {
        entries_.push_back(entry);
        if (!entry.payload.empty() || entry.form == BlockForm::entries) form_ = BlockForm::entries;
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
        if (used_ == slabs_.size()) {
            slabs_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(slab_octets));
        }
        slab_ = slabs_[used_++].get();
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
        for (Next next(*this); next.any();)
            encode_block(next, size);
    }

    // What is to be written next: an entry with its followers, or what a cut has left of it.
    class Next {
      public:
        explicit Next(const BlockRange& range) : range_(range), entry_(range.entries_[0]) {}

        bool any() const noexcept { return number_ < range_.entries_.size(); }
        const BlockEntry& entry() const noexcept { return entry_; }

        void pass_entry() {
            cut_ = false;
            if (++number_ < range_.entries_.size()) entry_ = range_.entries_[number_];
        }
        // Passes over the entry alone.
        void pass_first() {
            if (entry_.followers.empty()) return pass_entry();
            if (!cut_) reader_.follow(entry_.key, entry_.followers, entry_.form, range_.table_);
            cut_ = true;
            if (reader_.next() != BlockReader::Step::entry) throw DamagedBlock({}, damaged_segment);
            entry_ = {reader_.key(),    reader_.payload(), reader_.shared(), reader_.packed(),
                      reader_.shared(), reader_.rest(),    entry_.form};
        }

      private:
        const BlockRange& range_;
        std::size_t number_ = 0;
        BlockEntry entry_;
        BlockReader reader_;
        bool cut_ = false;
    };

    // Encodes a block of what is next.
    void encode_block(Next& next, std::size_t size) {
        const std::size_t offset = encoded_.size();
        const Octets first = next.entry().key;
        const Octets key = keep(first.first(std::min(first.size(), next.entry().shared + 1)));
        BlockBuilder writer(encoded_, form_, symbols_, packer_);
        bool any = false;
        for (; next.any(); any = true) {
            const BlockEntry& entry = next.entry();
            const bool as_it_lies = entry.followers.empty() || entry.form == form_;
            if (as_it_lies && writer.append(entry, std::min(size, max_block_))) {
                next.pass_entry();
                continue;
            }
            const BlockEntry alone{entry.key, entry.payload, entry.shared, entry.packed,
                                   entry.packed_from};
            // The block's key is one octet longer than what its first entry shares with the entry
            // before: where that would be too long for LMDB, the cut comes later.
            if (any && alone.shared < lmdb::max_key_octets) {
                if (writer.size() >= size || !writer.append(alone, max_block_)) break;
            } else {
                writer.append(alone);
            }
            next.pass_first();
        }
        writer.finish();
        blocks_.push_back({key, offset, encoded_.size() - offset});
    }

    std::size_t max_block_;
    std::uint8_t symbols_;
    const SymbolTable& table_;
    SymbolPacker packer_;
    BlockForm form_ = BlockForm::keys;
    std::vector<BlockEntry> entries_;
    Octets last_;  // what the last key has in common with those that may come after
    std::vector<std::uint8_t> encoded_;
    std::vector<Block> blocks_;
    std::vector<std::unique_ptr<std::uint8_t[]>> slabs_;
    std::size_t used_ = 0;
    std::uint8_t* slab_ = nullptr;
    std::size_t slab_left_ = 0;
};

}  // namespace dnshist
