#include "storage/block/block_merge.hpp"

#include <utility>

#include "storage/block/merge_reader.hpp"

namespace dnshist {

namespace {

std::vector<std::uint8_t> copy(Octets octets) {
    return {octets.begin(), octets.end()};
}

}  // namespace

void BlockRangeMerge::add(Octets block_key, Octets block, Octets next_block,
                          const PrefixLookup& map) {
    MergeReader old(symbols_, block_key, block, next_block);
    // The next change, if it belongs into the block.
    const auto change_here = [&] {
        const bool is_here = change_ && (next_block.empty() || compare(*change_, next_block) < 0);
        return is_here ? change_ : std::nullopt;
    };
    std::optional<Octets> change = change_here();
    const auto next_change = [&] {
        change_ = changes_->next_key();
        change = change_here();
    };
    Octets before;
    while (old.at_entry() || change) {
        const int order = !change ? -1 : !old.at_entry() ? 1 : compare(old.entry().key(), *change);
        if (order > 0) {
            const Octets after = old.at_entry() ? old.entry().key() : Octets{};
            const auto payload = changes_->insert({map, before, after, block_key, next_block});
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
};

void BlockMerge::run(BlockChanges& changes) {
    merge_.begin(changes);
    std::optional<Target> target = next_target();
    while (target) {
        merge_.range().clear();
        replaced_.clear();
        std::vector<std::uint8_t> next_block;
        do {
            merge_.add(target->block_key, target->block, target->next_block, lookup_);
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
    if (!merge_.change()) return std::nullopt;
    return Target(cursor_, *merge_.change());
}

void BlockMerge::replace_blocks() {
    RangeBuilder& range = merge_.range();
    if (range.empty()) return remove_blocks();
    range.encode();
    for (std::size_t i = 1; i < replaced_.size(); ++i)
        database_.remove(replaced_[i]);
    database_.put(cursor_, range, replaced_.front());
    blocks_written_ += range.blocks();
}

void BlockMerge::remove_blocks() {
    for (const auto& key : replaced_) {
        if (equal(key, lowest_key)) {
            database_.put(cursor_, key, merge_.range().encode_empty());
        } else {
            database_.remove(key);
        }
    }
}

}  // namespace dnshist
