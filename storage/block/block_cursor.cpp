#include "storage/block/block_cursor.hpp"

#include <algorithm>
#include <utility>

namespace dnshist {

namespace {

// Loads the octet's cache line. This is no prefetch instruction: where that misses the TLB it is
// dropped or waited for, while loads go on side by side.
void touch(const std::uint8_t* octet) noexcept {
    static_cast<void>(*static_cast<const volatile std::uint8_t*>(octet));
}

// The two lines that a block's table of segments takes.
void load_table(Octets block) noexcept {
    touch(block.data());
    touch(block.data() + std::min(block.size() - 1, cache_line));
}

// The first line of each segment; its table must be loaded.
void load_segments(Octets block, std::size_t segments) noexcept {
    const block_format::SegmentTable table{block, segments};
    for (std::size_t i = 0; i < segments; ++i)
        touch(block.data() + table.begin(i));
}

}  // namespace

BlockCursor::BlockCursor(std::unique_ptr<BlockSource> blocks, BlockSymbols& symbols,
                         const BlockDamage& report, std::uint64_t state)
    : blocks_(std::move(blocks)), symbols_(&symbols), state_(state), report_(report) {}

void BlockCursor::open_block(Octets key, Octets block) {
    ++reads_;
    block_key_ = key;
    const char* fault = symbols_->open(block_, block);
    if (fault != nullptr && report_) report_(key, fault);
}

bool BlockCursor::next_block() {
    if (is_prefetched_) blocks_->find(block_key_);
    is_prefetched_ = false;
    if (!blocks_->next()) return false;
    open_block(blocks_->key(), blocks_->block());
    return true;
}

void BlockCursor::find_segment(Octets target, Prefetch::Place& found) {
    found.symbols = symbols_->find(BlockReader::symbols_of(found.block));
    if (found.symbols != nullptr) {
        block_.open(found.block, *found.symbols, found.segments);
        found.start = block_.find_segment(target);
    }
}

void BlockCursor::prefetch(std::span<Prefetch* const> seeks, std::size_t source) {
    ended_ = true;
    for (Prefetch* seek : seeks) {
        Prefetch::Place& found = seek->place(source);
        found.state = state_;
        if (found.excluded || !blocks_->find(seek->target())) continue;
        found.block_key = blocks_->key();
        found.block = blocks_->block();
    }
    const auto each_found = [&](auto&& step) {
        for (Prefetch* seek : seeks) {
            Prefetch::Place& found = seek->place(source);
            if (!found.block.empty()) step(seek->target(), found);
        }
    };
    each_found([](Octets, Prefetch::Place& found) { load_table(found.block); });
    each_found([](Octets, Prefetch::Place& found) {
        found.segments = block_format::segment_count(found.block).value_or(0);
        load_segments(found.block, found.segments);
    });
    each_found([this](Octets target, Prefetch::Place& found) { find_segment(target, found); });
}

void BlockCursor::seek(Octets target, const Prefetch::Place& found) {
    if (found.state != state_ || found.block.empty()) return seek(target);
    reads_ = 0;
    ended_ = false;
    is_empty_ = false;
    is_prefetched_ = true;
    if (found.symbols != nullptr && found.segments != 0) {
        ++reads_;
        block_key_ = found.block_key;
        block_.open(found.block, *found.symbols, found.segments);
    } else {
        open_block(found.block_key, found.block);
    }
    block_.seek(target, found.start);
}

void BlockCursor::seek(Octets target) {
    ended_ = true;
    reads_ = 0;
    is_empty_ = !blocks_->find(target);
    if (is_empty_) return;
    const Octets block = blocks_->block();
    if (block.empty()) return;
    ended_ = false;
    is_prefetched_ = false;
    open_block(blocks_->key(), block);
    block_.prefetch_segments();
    block_.seek(target);
}

bool BlockCursor::next() {
    while (!ended_) {
        switch (block_.next()) {
            case BlockReader::Step::entry:
                return true;
            case BlockReader::Step::damaged:
                if (report_) report_(block_key_, damaged_segment);
                break;
            case BlockReader::Step::end:
                ended_ = !next_block();
        }
    }
    return false;
}

bool has_prefix(const BlockDatabase& database, Octets prefix) {
    const BlockDamage unreported;
    BlockCursor cursor(database, unreported);
    cursor.seek(prefix);
    return cursor.next() && starts_with(cursor.key(), prefix);
}

}  // namespace dnshist
