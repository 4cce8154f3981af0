// Reads the blocks of tablets: what is known of them is kept for a while.
//
// A lookup is one round trip: the head of the tablet and the first blocks whose keys, which are
// upper bounds, are after the key sought. A tablet that was split meanwhile says which one has the
// keys now. Lookups that are known together travel together.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/block/block_source.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

// Blocks in a row of one tablet, as one operation read them.
struct TabletPiece {
    std::string lower;  // the key that was sought: at or after the first block's lower bound
    std::string upper;  // all keys of the map from `lower` up to this are in the blocks
    std::vector<ObjectEntry> blocks;  // under their upper bounds; there may be none
    std::uint64_t tablet;
    std::uint64_t version;     // of the tablet
    std::string tablet_lower;  // its lower bound
    std::size_t octets;
    std::chrono::steady_clock::time_point read_at;
};
using PiecePointer = std::shared_ptr<const TabletPiece>;

struct TabletCacheLimits {
    std::size_t octets = std::size_t{64} << 20;
    std::chrono::seconds age{5};
};

// What the readers of a process have done, for metrics. For any thread.
struct TabletCounters {
    std::atomic<std::uint64_t> round_trips = 0;  // waits for the cluster
    std::atomic<std::uint64_t> reads = 0;        // operations in them
    std::atomic<std::uint64_t> hits = 0;         // lookups that needed none
    std::atomic<std::uint64_t> splits = 0;       // tablets that were found split
};

// For one thread at a time.
class TabletReader {
  public:
    // All outlive this.
    TabletReader(ObjectStore& objects, TabletMap& map, TabletCounters& counters,
                 TabletCacheLimits limits = {})
        : objects_(objects), map_(map), counters_(counters), limits_(limits) {}

    // Forgets what is too old, and what load() has kept.
    void renew();
    // Reads what is not known of these keys, in one round trip, and keeps it until renew().
    void load(TabletSpace space, std::span<const Octets> keys);
    // The piece that has the blocks at `key`. Reads up to `blocks` of them if it is not known. A
    // piece of a `walk` is not kept: a walk of a whole map takes little memory.
    PiecePointer find(TabletSpace space, Octets key, std::uint32_t blocks, bool walk);

  private:
    using Pieces = std::map<std::string, PiecePointer, std::less<>>;
    Pieces& of(TabletSpace space) { return space == TabletSpace::names ? names_ : pivots_; }
    PiecePointer known(TabletSpace space, Octets key);
    std::vector<PiecePointer> read(TabletSpace space, std::span<const Octets> keys,
                                   std::uint32_t blocks);
    void keep(TabletSpace space, const PiecePointer& piece);
    void forget_oldest();

    ObjectStore& objects_;
    TabletMap& map_;
    TabletCounters& counters_;
    TabletCacheLimits limits_;
    Pieces names_;
    Pieces pivots_;
    std::deque<std::pair<TabletSpace, PiecePointer>> by_age_;
    std::vector<PiecePointer> loaded_;
    std::size_t octets_ = 0;
};

// The blocks of one map. Two pieces of a walk may be of different moments, between which blocks
// were cut anew: then the entries that the walk has passed are left out of the next block.
class TabletSource final : public BlockSource {
  public:
    // Both outlive this.
    TabletSource(TabletReader& reader, BlockSymbols& symbols, TabletSpace space)
        : reader_(reader), symbols_(symbols), space_(space) {}

    bool find(Octets key) override;
    bool next() override;
    void renew() override { piece_ = nullptr; }

  private:
    bool at_block_after(std::string from, const TabletPiece* before);
    bool at_trimmed(Octets from, Octets block);

    TabletReader& reader_;
    BlockSymbols& symbols_;
    TabletSpace space_;
    PiecePointer piece_;
    std::size_t index_ = 0;
    std::string from_;  // the key of the block, where its lower bound is not known
    std::vector<std::uint8_t> trimmed_;
};

}  // namespace dnshist
