#include "storage/block/merge_reader.hpp"

#include <utility>

namespace dnshist {

MergeReader::MergeReader(BlockSymbols& symbols, Octets block_key, Octets block, Octets next_block)
    : block_key_(block_key), next_block_(next_block), symbols_(BlockReader::symbols_of(block)) {
    if (block.empty()) return;
    for (BlockReader& reader : readers_) {
        const char* fault = symbols.open(reader, block);
        if (fault != nullptr) throw DamagedBlock(block_key, fault);
    }
    entry_ahead_ = is_entry(ahead_->read_first(segments_++));
    enter_next_segment();
}

bool MergeReader::is_entry(BlockReader::Step step) const {
    if (step == BlockReader::Step::damaged) throw DamagedBlock(block_key_, damaged_segment);
    return step == BlockReader::Step::entry;
}

void MergeReader::enter_next_segment() {
    std::swap(current_, ahead_);
    at_entry_ = entry_ahead_;
    if (at_entry_) entry_ahead_ = is_entry(ahead_->read_first(segments_++));
}

void MergeReader::next() {
    if (current_->ends_segment()) return enter_next_segment();
    at_entry_ = is_entry(current_->next());
}

BlockReader::Skipped MergeReader::skip_to(const std::optional<Octets>& change) {
    Octets bound = entry_ahead_ ? ahead_->key() : next_block_;
    if (change && (bound.empty() || compare(*change, bound) < 0)) bound = *change;
    const auto skipped = current_->skip_to(bound);
    if (!skipped) throw DamagedBlock(block_key_, damaged_segment);
    return *skipped;
}

}  // namespace dnshist
