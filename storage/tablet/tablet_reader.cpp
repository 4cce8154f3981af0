#include "storage/tablet/tablet_reader.hpp"

#include <algorithm>
#include <utility>

#include "storage/block/block_builder.hpp"
#include "storage/block/block_reader.hpp"

namespace dnshist {

namespace {

// A lookup of an owner: nearly always in one block, or in two.
constexpr std::uint32_t blocks_of_a_lookup = 2;
// What a walk reads at a time.
constexpr std::uint32_t blocks_of_a_walk = 16;
// A tablet that is followed to the right more often than this belongs to a broken store.
constexpr int most_attempts = 10000;

[[noreturn]] void throw_broken(std::uint64_t tablet) {
    throw ObjectError(ObjectError::Kind::other,
                      "its object " + tablet_object(tablet) +
                          " is missing or damaged; make the store again from a copy");
}

}  // namespace

void TabletReader::renew() {
    loaded_.clear();
    const auto oldest = std::chrono::steady_clock::now() - limits_.age;
    while (!by_age_.empty() &&
           (by_age_.front().second->read_at < oldest || octets_ > limits_.octets)) {
        forget_oldest();
    }
}

void TabletReader::forget_oldest() {
    const auto& [space, piece] = by_age_.front();
    octets_ -= piece->octets;
    of(space).erase(piece->lower);
    by_age_.pop_front();
}

void TabletReader::keep(TabletSpace space, const PiecePointer& piece) {
    if (!of(space).emplace(piece->lower, piece).second) return;
    octets_ += piece->octets;
    by_age_.emplace_back(space, piece);
    // Within one state; who is at a piece has it all the same.
    while (octets_ > limits_.octets && by_age_.size() > 1)
        forget_oldest();
}

PiecePointer TabletReader::known(TabletSpace space, Octets key) {
    const Pieces& pieces = of(space);
    const auto behind = pieces.upper_bound(as_text(key));
    if (behind == pieces.begin()) return nullptr;
    const PiecePointer& piece = std::prev(behind)->second;
    return as_text(key) < piece->upper ? piece : nullptr;
}

void TabletReader::load(TabletSpace space, std::span<const Octets> keys) {
    std::vector<Octets> missing;
    for (const Octets key : keys) {
        if (auto piece = known(space, key)) {
            ++counters_.hits;
            loaded_.push_back(std::move(piece));
        } else if (std::ranges::none_of(missing, [&](Octets k) { return equal(k, key); })) {
            missing.push_back(key);
        }
    }
    if (missing.empty()) return;
    for (PiecePointer& piece : read(space, missing, blocks_of_a_lookup)) {
        keep(space, piece);
        loaded_.push_back(std::move(piece));
    }
}

PiecePointer TabletReader::find(TabletSpace space, Octets key, std::uint32_t blocks, bool walk) {
    if (auto piece = known(space, key)) {
        ++counters_.hits;
        return piece;
    }
    PiecePointer piece = read(space, {&key, 1}, blocks).front();
    if (!walk) keep(space, piece);
    return piece;
}

std::vector<PiecePointer> TabletReader::read(TabletSpace space, std::span<const Octets> keys,
                                             std::uint32_t blocks) {
    std::vector<PiecePointer> pieces(keys.size());
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < keys.size(); ++i)
        waiting.push_back(i);
    std::vector<std::uint64_t> ids;
    for (const Octets key : keys)
        ids.push_back(map_.find(space, as_text(key)).id);
    for (int attempt = 0; !waiting.empty(); ++attempt) {
        std::vector<ObjectRead> reads;
        reads.reserve(waiting.size());
        for (const std::size_t i : waiting)
            reads.push_back({tablet_object(ids[i]), {{std::string(as_text(keys[i])), blocks}}});
        ++counters_.round_trips;
        counters_.reads += reads.size();
        objects_.read(reads);
        std::vector<std::size_t> again;
        for (std::size_t k = 0; k < reads.size(); ++k) {
            const std::size_t i = waiting[k];
            auto head = reads[k].exists ? decode_head(reads[k].head) : std::nullopt;
            const bool is_behind = head && as_text(keys[i]) >= head->upper && head->right != 0;
            if (!head || head->space != space || attempt == most_attempts) throw_broken(ids[i]);
            if (is_behind) {
                ++counters_.splits;
                map_.learn(space, head->upper, head->right);
                ids[i] = map_.find(space, as_text(keys[i])).id;
                again.push_back(i);
                continue;
            }
            auto piece = std::make_shared<TabletPiece>();
            piece->lower = as_text(keys[i]);
            piece->blocks = std::move(reads[k].entries);
            piece->upper = piece->blocks.size() < blocks ? head->upper : piece->blocks.back().key;
            piece->tablet = ids[i];
            piece->version = head->version;
            piece->tablet_lower = head->lower;
            piece->octets = sizeof(TabletPiece) + piece->lower.size();
            for (const ObjectEntry& block : piece->blocks)
                piece->octets += sizeof block + block.key.size() + block.value.size();
            piece->read_at = std::chrono::steady_clock::now();
            pieces[i] = std::move(piece);
        }
        waiting = std::move(again);
    }
    return pieces;
}

bool TabletSource::find(Octets key) {
    piece_ = nullptr;
    return at_block_after(std::string(as_text(key)), nullptr);
}

bool TabletSource::next() {
    if (piece_ == nullptr) return false;
    if (index_ + 1 < piece_->blocks.size()) {
        ++index_;
        at(as_octets(piece_->blocks[index_ - 1].key), as_octets(piece_->blocks[index_].value));
        return true;
    }
    const PiecePointer before = piece_;
    if (before->upper >= upper_of_all) return false;
    return at_block_after(before->upper, before.get());
}

// Goes to the first block whose upper bound is after `from`; after `before` if this goes on there.
bool TabletSource::at_block_after(std::string from, const TabletPiece* before) {
    PiecePointer last;
    for (;;) {
        const bool is_walk = before != nullptr;
        piece_ = reader_.find(space_, as_octets(from),
                              is_walk ? blocks_of_a_walk : blocks_of_a_lookup, is_walk);
        const auto& blocks = piece_->blocks;
        const auto found =
            std::ranges::upper_bound(blocks, std::string_view(from), {}, &ObjectEntry::key);
        if (found == blocks.end()) {
            // There is no block up to the piece's end.
            if (piece_->upper >= upper_of_all) return false;
            from = piece_->upper;
            last = piece_;
            before = last.get();
            continue;
        }
        index_ = static_cast<std::size_t>(found - blocks.begin());
        from_ = from;
        const bool is_cut_there =
            !is_walk || piece_->tablet_lower == from ||
            (index_ > 0 && blocks[index_ - 1].key == from) ||
            (piece_->tablet == before->tablet && piece_->version == before->version);
        if (is_cut_there) {
            at(as_octets(from_), as_octets(found->value));
            return true;
        }
        if (at_trimmed(as_octets(from_), as_octets(found->value))) return true;
        from = found->key;
        last = piece_;
        before = last.get();
    }
}

// Is at the entries of a block that are at or after `from`, as a block of their own. False where
// there are none. What is damaged is left out.
bool TabletSource::at_trimmed(Octets from, Octets block) {
    BlockReader reader;
    if (symbols_.open(reader, block) != nullptr) return false;
    const SymbolTable& table = *symbols_.find(reader.symbols());
    const SymbolPacker packer(table);
    trimmed_.clear();
    BlockBuilder builder(trimmed_, reader.form(), reader.symbols(), packer);
    reader.seek(from);
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
    at(from, trimmed_);
    return true;
}

}  // namespace dnshist
