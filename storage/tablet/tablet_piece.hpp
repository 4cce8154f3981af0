// Blocks in a row of one tablet, and the round trip in which many lookups read theirs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_counters.hpp"
#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

// Blocks as one operation read them.
struct TabletPiece {
    TabletSpace space;
    // At or before all keys in the blocks, or the key that was sought; all keys of the map from
    // there up to `upper` are in the blocks.
    std::string lower;
    std::string upper;
    std::vector<ObjectEntry> blocks;  // under their upper bounds; there may be none
    std::uint64_t tablet;
    std::uint64_t version;     // of the tablet
    std::string tablet_lower;  // its lower bound
    std::size_t octets;        // of memory
    std::chrono::steady_clock::time_point read_at;
};
using PiecePointer = std::shared_ptr<const TabletPiece>;

struct PieceWanted {
    TabletSpace space;
    std::string key;
    std::uint32_t blocks;  // at most, from the one that the key belongs into
};

// Reads a piece for each, in one round trip; in a further one those whose tablets were cut since
// the map was read, which is told. For any thread. Throws ObjectError.
std::vector<std::shared_ptr<TabletPiece>> read_pieces(ObjectStore& objects, TabletMap& map,
                                                      TabletCounters& counters,
                                                      std::span<const PieceWanted> wanted);

}  // namespace dnshist
