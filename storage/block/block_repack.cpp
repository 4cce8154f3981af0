#include <algorithm>
#include <deque>

#include "storage/block/block.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/block/block_range.hpp"

namespace dnshist {

namespace {

// So many neighbours are looked at together, and rewritten where they fit into so many. Splits
// leave blocks some 70 % full: what is that full is not worth the writing.
constexpr std::size_t neighbours = 8;
constexpr std::size_t worthwhile = 5;

struct OldBlock {
    std::vector<std::uint8_t> key;
    std::size_t octets;
};

// Of blocks next to each other, those that may be rewritten together.
class Window {
  public:
    void add(const lmdb::Cursor& cursor) {
        blocks_.push_back({{cursor.key().begin(), cursor.key().end()}, cursor.value().size()});
        octets_ += blocks_.back().octets;
        if (blocks_.size() > neighbours) drop();
    }
    void drop() {
        octets_ -= blocks_.front().octets;
        blocks_.pop_front();
    }
    void clear() {
        blocks_.clear();
        octets_ = 0;
    }
    bool is_sparse(std::size_t max_block) const noexcept {
        return blocks_.size() == neighbours && octets_ <= worthwhile * max_block;
    }
    const std::deque<OldBlock>& blocks() const noexcept { return blocks_; }

  private:
    std::deque<OldBlock> blocks_;
    std::size_t octets_ = 0;
};

// How many blocks there are fewer.
std::size_t rewrite(const BlockDatabase& database, const Window& window, BlockRange& range) {
    range.clear();
    const auto& blocks = window.blocks();
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto& key = blocks[i].key;
        const Octets block = database.transaction.get(database.blocks, key).value_or(Octets{});
        const char* fault = database.fault(block);
        if (fault != nullptr) throw DamagedBlock(key, fault);
        BlockWalk old(database, key, block, i + 1 < blocks.size() ? blocks[i + 1].key : Octets{});
        while (old.at_entry())
            range.add(range.keep(old.entry().key()), old.entry().payload(), old, std::nullopt);
    }
    if (range.empty()) return 0;
    range.encode();
    for (const OldBlock& old : window.blocks())
        database.transaction.remove(database.blocks, old.key);
    lmdb::Cursor cursor(database.transaction, database.blocks);
    const std::size_t made = range.put(cursor, window.blocks().front().key);
    return neighbours - std::min(neighbours, made);
}

}  // namespace

std::size_t repack(const BlockDatabase& database, std::size_t page_size, std::size_t budget,
                   std::vector<std::uint8_t>& next) {
    BlockRange range(database, page_size);
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
        const bool sparse = window.is_sparse(range.max_block());
        any = cursor.next();
        if (!sparse) continue;
        next.clear();
        if (any) next.assign(cursor.key().begin(), cursor.key().end());
        fewer += rewrite(database, window, range);
        window.clear();
        rewritten += neighbours;
        if (rewritten >= budget) return fewer;
        any = any && cursor.at_or_before(next);
    }
    next.clear();
    return fewer;
}

}  // namespace dnshist
