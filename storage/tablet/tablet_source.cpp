#include "storage/tablet/tablet_source.hpp"

#include <algorithm>
#include <utility>

#include "storage/block/block_builder.hpp"
#include "storage/block/block_reader.hpp"

namespace dnshist {

namespace {

// The first block whose upper bound is after the key; the count of blocks where there is none.
std::size_t block_after(const TabletPiece& piece, std::string_view key) {
    const auto found = std::ranges::upper_bound(piece.blocks, key, {}, &ObjectEntry::key);
    return static_cast<std::size_t>(found - piece.blocks.begin());
}

}  // namespace

bool TabletSource::find(Octets key) {
    piece_ = reader_.find(space_, key, purpose_);
    if (!piece_) return false;
    const std::size_t index = block_after(*piece_, as_text(key));
    if (index < piece_->blocks.size()) return at_block(index);
    return at_block_after(piece_->upper, piece_);
}

// The key of a block is the bound of the one before it.
bool TabletSource::at_block(std::size_t index) {
    index_ = index;
    const std::string& lower = index == 0 ? piece_->lower : piece_->blocks[index - 1].key;
    at(as_octets(lower), as_octets(piece_->blocks[index].value));
    return true;
}

bool TabletSource::next() {
    if (!piece_) return false;
    if (index_ + 1 < piece_->blocks.size()) return at_block(index_ + 1);
    return at_block_after(piece_->upper, piece_);
}

// Goes to the first block that has keys at or after `from`, where the piece `before` ends.
bool TabletSource::at_block_after(std::string from, PiecePointer before) {
    while (from < upper_of_all) {
        piece_ = reader_.find(space_, as_octets(from), TabletReader::Purpose::walk);
        if (!piece_) return false;
        const auto& blocks = piece_->blocks;
        const std::size_t index = block_after(*piece_, from);
        if (index == blocks.size()) {
            // There is no block up to the piece's end.
            from = piece_->upper;
            before = piece_;
            continue;
        }
        const bool is_cut_there =
            piece_->tablet_lower == from || (index > 0 && blocks[index - 1].key == from) ||
            (piece_->tablet == before->tablet && piece_->version == before->version);
        if (is_cut_there) return at_block(index);
        index_ = index;
        if (at_trimmed(from, as_octets(blocks[index].value))) return true;
        from = blocks[index].key;
        before = piece_;
    }
    return false;
}

// Is at the entries of a block that are at or after `from`, as a block of their own. False where
// there are none. What is damaged is left out.
bool TabletSource::at_trimmed(std::string from, Octets block) {
    BlockReader reader;
    if (symbols_.open(reader, block) != nullptr) return false;
    const SymbolTable& table = *symbols_.find(reader.symbols());
    const SymbolPacker packer(table);
    Trimmed trimmed{std::move(from), {}};
    BlockBuilder builder(trimmed.block, reader.form(), reader.symbols(), packer);
    reader.seek(as_octets(trimmed.key));
    std::vector<std::uint8_t> before;
    bool any = false;
    for (auto step = reader.next(); step != BlockReader::Step::end; step = reader.next()) {
        if (step != BlockReader::Step::entry) continue;
        builder.append({reader.key(), reader.payload(),
                        any ? common_prefix(before, reader.key()) : 0, reader.packed(),
                        reader.shared()});
        before.assign(reader.key().begin(), reader.key().end());
        any = true;
    }
    if (!any) return false;
    builder.finish();
    const Trimmed& kept = trimmed_.emplace_back(std::move(trimmed));
    at(as_octets(kept.key), kept.block);
    return true;
}

}  // namespace dnshist
