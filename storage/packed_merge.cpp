#include "storage/packed_merge.hpp"

#include <algorithm>
#include <deque>

#include "storage/packed.hpp"

namespace dnshist {

namespace {

// What LMDB keeps of a page for itself.
constexpr std::size_t page_header_octets = 16;

// Sorts before every key of an entry, in every database.
constexpr std::uint8_t lowest_key[] = {0};

// The entries that a block of the database will hold, and the blocks made of them. Keys read from
// the old block are copied, since its reader puts each into the place of the one before; payloads
// stay where they are in the map, which nothing overwrites until all new blocks are encoded.
class Range {
  public:
    explicit Range(std::size_t page_size) : max_block_(page_size - page_header_octets) {}

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
        const std::size_t shared = entries_.empty() ? 0 : common_prefix(entries_.back().key, key);
        packed_.clear();
        pack_symbols(key.subspan(shared), packed_);
        entries_.push_back({key, payload, shared, keep(packed_)});
        if (!payload.empty()) form_ = BlockForm::entries;
    }

    bool empty() const noexcept { return entries_.empty(); }

    // Encodes the entries and puts them in the place of the block `block_key`.
    void write(lmdb::Cursor& cursor, Octets block_key) {
        encode();
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            const Octets value = Octets(encoded_).subspan(blocks_[i].offset, blocks_[i].octets);
            cursor.put(i == 0 ? block_key : blocks_[i].key, value);
        }
    }

  private:
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
    std::size_t block_size() const {
        std::size_t octets = 0;
        for (const BlockEntry& entry : entries_)
            octets += entry_octets(entry, form_);
        octets += octets / 32;  // what segments add, nearly
        const std::size_t count = (octets + max_block_ - 1) / max_block_;
        return count <= 1 || count > few_blocks ? max_block_ : octets / count;
    }

    void encode() {
        const std::size_t size = block_size();
        for (std::size_t next = 0; next < entries_.size();)
            next = encode_block(next, size);
    }

    // Encodes a block from the entry `first` on; the entry after its last.
    std::size_t encode_block(std::size_t first, std::size_t size) {
        const std::size_t offset = encoded_.size();
        BlockWriter writer(encoded_, form_);
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
    BlockForm form_ = BlockForm::keys;
    std::vector<BlockEntry> entries_;
    std::vector<std::uint8_t> packed_;
    std::vector<std::uint8_t> encoded_;
    std::vector<Block> blocks_;
    std::deque<std::vector<std::uint8_t>> slabs_;
    std::size_t used_ = 0;
    std::uint8_t* slab_ = nullptr;
    std::size_t slab_left_ = 0;
};

std::vector<std::uint8_t> copy(Octets octets) {
    return {octets.begin(), octets.end()};
}

// The block that `key` belongs into: its key and value, and the key of the block after.
struct Place {
    std::vector<std::uint8_t> block_key;
    Octets block;  // empty where there is none yet
    std::vector<std::uint8_t> next_block;

    Place(lmdb::Cursor& cursor, Octets key) {
        if (!cursor.at_or_before(key)) {
            block_key = copy(lowest_key);
            return;
        }
        block_key = copy(cursor.key());
        block = cursor.value();
        const char* fault = BlockReader::fault(block);
        if (fault != nullptr) throw DamagedBlock(block_key, fault);
        if (cursor.next()) next_block = copy(cursor.key());
    }

    bool holds(Octets key) const { return next_block.empty() || compare(key, next_block) < 0; }
};

// The block at `place` has no entries any more.
void write_empty(const lmdb::Transaction& transaction, MDB_dbi database, const Place& place) {
    if (place.block.empty()) return;
    if (!equal(place.block_key, lowest_key)) {
        transaction.remove(database, place.block_key);
        return;
    }
    std::vector<std::uint8_t> block;
    BlockWriter(block, BlockForm::keys).finish();
    transaction.put(database, place.block_key, block);
}

}  // namespace

bool Surroundings::had_prefix(Octets prefix) const {
    if (starts_with(before, prefix) || starts_with(after, prefix)) return true;
    const auto goes_on = [&](Octets key) {
        return key.size() > prefix.size() && starts_with(key, prefix);
    };
    return (goes_on(block) || goes_on(next_block)) && has_prefix(transaction, database, prefix);
}

void merge_packed(const lmdb::Transaction& transaction, MDB_dbi database, std::size_t page_size,
                  PackedChanges& changes) {
    lmdb::Cursor cursor(transaction, database);
    Range range(page_size);
    BlockReader old;
    auto change = changes.next_key();
    while (change) {
        const Place place(cursor, *change);
        range.clear();
        old.close();
        if (!place.block.empty()) old.open(place.block);
        // The block has no fault, so what is no entry is its end.
        bool more_old = old.next() == BlockReader::Step::entry;
        Octets before;
        const auto add = [&range](Octets key, std::optional<Octets> payload) {
            if (payload) range.add(key, *payload);
        };
        while (more_old || (change && place.holds(*change))) {
            const bool changing = change && place.holds(*change);
            const int order = !changing ? -1 : !more_old ? 1 : compare(old.key(), *change);
            if (order > 0) {
                const Octets after = more_old ? old.key() : Octets{};
                add(*change, changes.insert({transaction, database, before, after, place.block_key,
                                             place.next_block}));
                change = changes.next_key();
                continue;
            }
            before = range.keep(old.key());
            if (order < 0) {
                range.add(before, old.payload());
            } else {
                add(before, changes.update(old.payload()));
                change = changes.next_key();
            }
            more_old = old.next() == BlockReader::Step::entry;
        }
        if (range.empty()) {
            write_empty(transaction, database, place);
        } else {
            range.write(cursor, place.block_key);
        }
    }
}

}  // namespace dnshist
