#include "storage/block/block_merge.hpp"

#include <utility>

#include "storage/block/block_cursor.hpp"
#include "storage/block/merge_reader.hpp"

namespace dnshist {

namespace {

// Neighbouring blocks that are written together, at most.
constexpr std::size_t max_neighbours = 16;

std::vector<std::uint8_t> copy(Octets octets) {
    return {octets.begin(), octets.end()};
}

}  // namespace

bool Neighbours::had_prefix(Octets prefix) const {
    if (starts_with(before, prefix) || starts_with(after, prefix)) return true;
    const auto extends_prefix = [&](Octets key) {
        return key.size() > prefix.size() && starts_with(key, prefix);
    };
    return (extends_prefix(block) || extends_prefix(next_block)) && has_prefix(database, prefix);
}

// The block that a change belongs into.
struct BlockMerge::Target {
    std::vector<std::uint8_t> block_key;
    Octets block;                          // empty where there is none yet
    std::vector<std::uint8_t> next_block;  // the key of the block after, or empty

    Target(lmdb::Cursor& cursor, Octets key) {
        if (!cursor.at_or_before(key)) {
            block_key = copy(lowest_key);
            return;
        }
        block_key = copy(cursor.key());
        block = cursor.value();
        if (cursor.next()) next_block = copy(cursor.key());
    }

    bool holds(Octets key) const { return next_block.empty() || compare(key, next_block) < 0; }
};

void BlockMerge::run(BlockChanges& changes) {
    changes_ = &changes;
    change_ = changes.next_key();
    std::optional<Target> target = next_target();
    while (target) {
        range_.clear();
        replaced_.clear();
        std::vector<std::uint8_t> next_block;
        do {
            add_merged(*target);
            replaced_.push_back(std::move(target->block_key));
            next_block = std::move(target->next_block);
            target = next_target();
        } while (target && equal(target->block_key, next_block) &&
                 replaced_.size() < max_neighbours);
        replace_blocks();
        // Found again: a small block is stored in a page that was perhaps written just now.
        target = next_target();
    }
}

std::optional<BlockMerge::Target> BlockMerge::next_target() {
    if (!change_) return std::nullopt;
    return Target(cursor_, *change_);
}

// The next change, if it belongs into the block.
std::optional<Octets> BlockMerge::change_in(const Target& target) const {
    return change_ && target.holds(*change_) ? change_ : std::nullopt;
}

// Adds to the range what the block will hold: its entries with its changes.
void BlockMerge::add_merged(const Target& target) {
    MergeReader old(database_.symbols, target.block_key, target.block, target.next_block);
    std::optional<Octets> change = change_in(target);
    const auto next_change = [&] {
        change_ = changes_->next_key();
        change = change_in(target);
    };
    Octets before;
    while (old.at_entry() || change) {
        const int order = !change ? -1 : !old.at_entry() ? 1 : compare(old.entry().key(), *change);
        if (order > 0) {
            const Octets after = old.at_entry() ? old.entry().key() : Octets{};
            const auto payload =
                changes_->insert({database_, before, after, target.block_key, target.next_block});
            if (payload) range_.add(*change, *payload);
            next_change();
            continue;
        }
        before = range_.keep(old.entry().key());
        auto payload = std::optional(old.entry().payload());
        if (order == 0) {
            payload = changes_->update(old.entry().payload());
            next_change();
        }
        if (payload) {
            before = range_.add(before, *payload, old, change);
        } else {
            old.next();
        }
    }
}

void BlockMerge::replace_blocks() {
    if (range_.empty()) return remove_blocks();
    range_.encode();
    for (std::size_t i = 1; i < replaced_.size(); ++i)
        database_.transaction.remove(database_.blocks, replaced_[i]);
    put_blocks(cursor_, range_, replaced_.front());
    blocks_written_ += range_.blocks();
}

void BlockMerge::remove_blocks() {
    for (const auto& key : replaced_) {
        if (equal(key, lowest_key)) {
            cursor_.put(key, range_.encode_empty());
        } else {
            database_.transaction.remove(database_.blocks, key);
        }
    }
}

}  // namespace dnshist
