#include "storage/block/range_builder.hpp"

namespace dnshist {

namespace {

// The part of a page that LMDB keeps for itself.
constexpr std::size_t page_header_octets = 16;
// Up to so many blocks are made of even size.
constexpr std::size_t few_blocks = 4;

// No key of an engine is longer (lmdb::max_key_octets).
constexpr std::size_t max_block_key = 511;

std::uint8_t newest_symbols(BlockSymbols& symbols) {
    const auto newest = symbols.newest();
    if (!newest || symbols.find(newest->number) == nullptr) {
        throw DamagedBlock({}, "the symbols of its keys are damaged");
    }
    return newest->number;
}

}  // namespace

RangeBuilder::RangeBuilder(BlockSymbols& symbols, std::size_t page_size)
    : max_block_(page_size - page_header_octets),
      symbols_(newest_symbols(symbols)),
      table_(*symbols.find(symbols_)),
      packer_(table_) {}

void RangeBuilder::clear() {
    entries_.clear();
    last_ = {};
    encoded_.clear();
    blocks_.clear();
    form_ = BlockForm::keys;
    arena_.clear();
}

void RangeBuilder::encode() {
    std::size_t octets = 0;
    for (const BlockEntry& entry : entries_)
        octets += entry_octets(entry, form_);
    if (octets <= max_block_) {
        // Perhaps one block; entries that overflow it are cut into halves.
        encode_blocks(max_block_);
        if (blocks_.size() == 1) return;
        encoded_.clear();
        blocks_.clear();
    }
    encode_blocks(block_size(octets));
}

// How large each block is to be: the octets spread evenly where they make a few blocks, as when one
// overflows; full blocks where they make many.
std::size_t RangeBuilder::block_size(std::size_t octets) const noexcept {
    octets += octets / 32;  // about what segments add
    const std::size_t count = (octets + max_block_ - 1) / max_block_;
    return count <= 1 || count > few_blocks ? max_block_ : octets / count;
}

// The entries that are still to be written. The first may be what a cut has left of an entry with
// its followers.
class RangeBuilder::Pending {
  public:
    explicit Pending(const RangeBuilder& range) : range_(range), entry_(range.entries_[0]) {}

    bool any() const noexcept { return number_ < range_.entries_.size(); }
    const BlockEntry& entry() const noexcept { return entry_; }

    // Goes on behind the entry and its followers.
    void skip_all() {
        is_cut_ = false;
        if (++number_ < range_.entries_.size()) entry_ = range_.entries_[number_];
    }
    // Goes on behind the entry alone.
    void skip_one() {
        if (entry_.followers.empty()) return skip_all();
        if (!is_cut_) reader_.open_after(entry_.key, entry_.followers, entry_.form, range_.table_);
        is_cut_ = true;
        if (reader_.next() != BlockReader::Step::entry) throw DamagedBlock({}, damaged_segment);
        entry_ = {reader_.key(),    reader_.payload(), reader_.shared(), reader_.packed(),
                  reader_.shared(), reader_.rest(),    entry_.form};
    }

  private:
    const RangeBuilder& range_;
    std::size_t number_ = 0;
    BlockEntry entry_;
    BlockReader reader_;
    bool is_cut_ = false;
};

void RangeBuilder::encode_blocks(std::size_t size) {
    for (Pending pending(*this); pending.any();)
        encode_block(pending, size);
}

void RangeBuilder::encode_block(Pending& pending, std::size_t size) {
    const std::size_t offset = encoded_.size();
    const Octets first = pending.entry().key;
    // The separator key: one octet longer than what the first entry shares with the one before.
    const Octets key = keep(first.first(std::min(first.size(), pending.entry().shared + 1)));
    BlockBuilder builder(encoded_, form_, symbols_, packer_);
    bool any = false;
    for (; pending.any(); any = true) {
        const BlockEntry& entry = pending.entry();
        const bool is_of_form = entry.followers.empty() || entry.form == form_;
        if (is_of_form && builder.try_append(entry, std::min(size, max_block_))) {
            pending.skip_all();
            continue;
        }
        const BlockEntry alone{entry.key, entry.payload, entry.shared, entry.packed,
                               entry.packed_from};
        // If the next separator key would be too long for the engine, the cut comes later.
        if (any && alone.shared < max_block_key) {
            if (builder.size() >= size || !builder.try_append(alone, max_block_)) break;
        } else {
            builder.append(alone);
        }
        pending.skip_one();
    }
    builder.finish();
    blocks_.push_back({key, offset, encoded_.size() - offset});
}

Octets RangeBuilder::encode_empty() {
    encoded_.clear();
    BlockBuilder(encoded_, BlockForm::keys, symbols_, packer_).finish();
    return encoded_;
}

}  // namespace dnshist
