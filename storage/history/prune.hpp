// What a prune removes from the store, and how far it has got.
//
// HistoryWriter::prune() does it in steps, each of them one transaction: readers go on, the file
// grows by the pages of two steps at most, and whatever ends the process between two of them leaves
// a whole store, on which the same prune goes on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "storage/text/time.hpp"

namespace dnshist {

// Records that were last seen before a time, and fewer times than a number where one is given.
struct PruneRule {
    Seconds last_before;
    std::optional<std::uint64_t> fewer_than;

    bool removes(Period seen, std::uint64_t count) const noexcept {
        return seen.end < last_before && (!fewer_than || count < *fewer_than);
    }
};

// Begins as it is made; each step moves it on.
struct PruneProgress {
    std::uint64_t visited = 0;  // records that were looked at
    std::uint64_t records = 0;  // that were removed,
    std::uint64_t names = 0;    // owners that had no other,
    std::uint64_t pivots = 0;   // and what pointed from their values to them
    // Once all were looked at, blocks with much room in them are put together, so that their pages
    // are free; where anything was removed.
    enum class Stage : std::uint8_t { removing, repacking_names, repacking_pivots, done };
    Stage stage = Stage::removing;
    bool done() const noexcept { return stage == Stage::done; }

    // The writer's own: the key at which the next step begins, and when the records before it were
    // seen.
    std::vector<std::uint8_t> next;
    Period kept{end_of_time, Seconds{0}};
};

}  // namespace dnshist
