#include "storage/block/block_repack.hpp"

#include <algorithm>
#include <deque>
#include <optional>

#include "storage/block/merge_reader.hpp"
#include "storage/block/range_builder.hpp"

namespace dnshist {

namespace {

// So many neighbours are looked at together, and rewritten where they fit into so many. Splits
// leave blocks some 70 % full, so blocks that full are not rewritten.
constexpr std::size_t window_blocks = 8;
constexpr std::size_t max_repacked = 5;

struct OldBlock {
    std::vector<std::uint8_t> key;
    std::size_t octets;
};

// Neighbouring blocks that may be rewritten together.
class Window {
  public:
    void add(const lmdb::Cursor& cursor) {
        blocks_.push_back({{cursor.key().begin(), cursor.key().end()}, cursor.value().size()});
        octets_ += blocks_.back().octets;
        if (blocks_.size() > window_blocks) drop();
    }
    void drop() {
        octets_ -= blocks_.front().octets;
        blocks_.pop_front();
    }
    void clear() {
        blocks_.clear();
        octets_ = 0;
    }
    bool is_underfull(std::size_t max_block) const noexcept {
        return blocks_.size() == window_blocks && octets_ <= max_repacked * max_block;
    }
    const std::deque<OldBlock>& blocks() const noexcept { return blocks_; }

  private:
    std::deque<OldBlock> blocks_;
    std::size_t octets_ = 0;
};

// How many blocks there are fewer.
std::size_t rewrite(const BlockDatabase& database, const Window& window, RangeBuilder& range) {
    range.clear();
    const auto& blocks = window.blocks();
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto& key = blocks[i].key;
        const Octets block = database.transaction.get(database.blocks, key).value_or(Octets{});
        const char* fault = database.symbols.fault(block);
        if (fault != nullptr) throw DamagedBlock(key, fault);
        MergeReader old(database.symbols, key, block,
                        i + 1 < blocks.size() ? blocks[i + 1].key : Octets{});
        while (old.at_entry())
            range.add(range.keep(old.entry().key()), old.entry().payload(), old, std::nullopt);
    }
    if (range.empty()) return 0;
    range.encode();
    for (const OldBlock& old : window.blocks())
        database.remove(old.key);
    lmdb::Cursor cursor(database.transaction, database.blocks);
    database.put(cursor, range, window.blocks().front().key);
    return window_blocks - std::min(window_blocks, range.blocks());
}

}  // namespace

std::size_t repack_blocks(const BlockDatabase& database, std::size_t page_size, std::size_t budget,
                          std::vector<std::uint8_t>& next) {
    RangeBuilder range(database.symbols, page_size);
    Window window;
    std::size_t rewritten = 0;
    std::size_t fewer = 0;
    lmdb::Cursor cursor(database.transaction, database.blocks);
    bool any = next.empty() ? cursor.first() : cursor.at_or_before(next);
    while (any) {
        if (cursor.value().size() > range.max_block()) {
            window.clear();
        } else {
            window.add(cursor);
        }
        const bool underfull = window.is_underfull(range.max_block());
        any = cursor.next();
        if (!underfull) continue;
        next.clear();
        if (any) next.assign(cursor.key().begin(), cursor.key().end());
        fewer += rewrite(database, window, range);
        window.clear();
        rewritten += window_blocks;
        if (rewritten >= budget) return fewer;
        any = any && cursor.at_or_before(next);
    }
    next.clear();
    return fewer;
}

}  // namespace dnshist
