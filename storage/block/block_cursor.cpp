#include "storage/block/block_cursor.hpp"

#include <algorithm>

namespace dnshist {

namespace {

constexpr std::size_t cache_line = 64;

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

BlockCursor::BlockCursor(const BlockDatabase& database, const BlockDamage& report)
    : database_(database), blocks_(database.transaction, database.blocks), report_(report) {}

void BlockCursor::open_block(Octets key, Octets block) {
    ++reads_;
    block_key_ = key;
    const char* fault = database_.open(block_, block);
    if (fault != nullptr && report_) report_(key, fault);
}

bool BlockCursor::next_block() {
    if (is_prefetched_) blocks_.at_or_before(block_key_);
    is_prefetched_ = false;
    if (!blocks_.next()) return false;
    open_block(blocks_.key(), blocks_.value());
    return true;
}

// A target before the first block's key belongs into the first block.
bool BlockCursor::find_block(Octets target) {
    return blocks_.at_or_before(target) || blocks_.first();
}

void BlockCursor::find_segment(Prefetch& seek) {
    seek.symbols_ = database_.symbols.find(BlockReader::symbols_of(seek.block_));
    if (seek.symbols_ != nullptr) {
        block_.open(seek.block_, *seek.symbols_, seek.segments_);
        seek.segment_ = block_.find_segment(seek.target());
    }
    seek.state_ = state_;
}

void BlockCursor::prefetch(std::span<Prefetch* const> seeks) {
    ended_ = true;
    for (Prefetch* seek : seeks) {
        seek->clear();
        seek->block_ = {};
        if (!find_block(seek->target())) continue;
        seek->block_key_ = blocks_.key();
        seek->block_ = blocks_.value();
    }
    const auto each_found = [seeks](auto&& step) {
        for (Prefetch* seek : seeks) {
            if (!seek->block_.empty()) step(*seek);
        }
    };
    each_found([](Prefetch& seek) { load_table(seek.block_); });
    each_found([](Prefetch& seek) {
        seek.segments_ = block_format::segment_count(seek.block_).value_or(0);
        load_segments(seek.block_, seek.segments_);
    });
    each_found([this](Prefetch& seek) { find_segment(seek); });
}

void BlockCursor::seek(Octets target, const Prefetch& prefetched) {
    if (prefetched.state_ != state_ || !equal(prefetched.target(), target)) return seek(target);
    reads_ = 0;
    ended_ = false;
    is_prefetched_ = true;
    if (prefetched.symbols_ != nullptr && prefetched.segments_ != 0) {
        ++reads_;
        block_key_ = prefetched.block_key_;
        block_.open(prefetched.block_, *prefetched.symbols_, prefetched.segments_);
    } else {
        open_block(prefetched.block_key_, prefetched.block_);
    }
    block_.seek(target, prefetched.segment_);
}

void BlockCursor::seek(Octets target) {
    ended_ = true;
    if (!find_block(target)) return;
    const Octets block = blocks_.value();
    if (block.empty()) return;
    reads_ = 0;
    ended_ = false;
    is_prefetched_ = false;
    open_block(blocks_.key(), block);
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
