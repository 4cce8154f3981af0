#include "storage/block/block_walk.hpp"

#include <utility>

#include "storage/block/block_merge.hpp"

namespace dnshist {

BlockWalk::BlockWalk(const BlockDatabase& database, Octets block_key, Octets block,
                     Octets next_block)
    : block_key_(block_key), next_block_(next_block), symbols_(BlockReader::symbols_of(block)) {
    if (block.empty()) return;
    for (BlockReader& reader : readers_) {
        const char* fault = database.open(reader, block);
        if (fault != nullptr) throw DamagedBlock(block_key, fault);
    }
    entry_ahead_ = is_entry(ahead_->first_of(segments_++));
    turn();
}

bool BlockWalk::is_entry(BlockReader::Step step) const {
    if (step == BlockReader::Step::damaged) throw DamagedBlock(block_key_, damaged_segment);
    return step == BlockReader::Step::entry;
}

// Goes on to the segment after.
void BlockWalk::turn() {
    std::swap(here_, ahead_);
    at_entry_ = entry_ahead_;
    if (at_entry_) entry_ahead_ = is_entry(ahead_->first_of(segments_++));
}

void BlockWalk::next() {
    if (here_->ends_segment()) return turn();
    at_entry_ = is_entry(here_->next());
}

BlockReader::Passed BlockWalk::pass(const std::optional<Octets>& change) {
    Octets bound = entry_ahead_ ? ahead_->key() : next_block_;
    if (change && (bound.empty() || compare(*change, bound) < 0)) bound = *change;
    const auto passed = here_->pass(bound);
    if (!passed) throw DamagedBlock(block_key_, damaged_segment);
    return *passed;
}

}  // namespace dnshist
