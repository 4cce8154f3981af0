// Which records a prune removes, and its progress.
//
// HistoryWriter::prune() works in steps, each of them one transaction. Readers go on, the file
// grows by the pages of two steps at most, and a process that ends between two steps leaves a whole
// store, on which the same prune can go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// Which records go: those for which every condition that is given holds. A rule without any would
// remove nothing.
struct PruneRule {
    std::optional<Seconds> last_before;       // last seen before it
    std::optional<std::uint64_t> fewer_than;  // seen fewer times
    // Seen by these sources alone: by number, whether it is one of them.
    std::optional<std::vector<bool>> sources;

    enum class Fate : std::uint8_t {
        stays,
        shared,  // stays only because other sources than those of the rule have seen it too
        goes,
    };
    // The fate of a record; nothing where its payload is malformed.
    std::optional<Fate> fate_of(Period seen, std::uint64_t count, Octets payload) const;
};

// The removals of a step of a prune in a cluster, where it is a batch (storage/cluster/LAYOUT.md)
// that any writer may have to end: these records, if the rule still says so when their tablet is
// written. Written and read by batch_codec.cpp.
struct RemovedRecord {
    std::string key;
    std::string rdata_rest;
};
struct Removals {
    PruneRule rule;
    std::vector<RemovedRecord> records;
};
void append_rule(std::string& out, const PruneRule& rule);
void append_removed(std::string& out, Octets key, Octets rdata_rest);
// A rule and the records behind it. Nothing where the octets are malformed.
std::optional<Removals> read_removals(OctetReader& in);

// Made by default for a new prune; each step advances it.
struct PruneProgress {
    std::uint64_t visited = 0;  // records visited
    std::uint64_t records = 0;  // records removed
    std::uint64_t names = 0;    // owners that lost their last record
    std::uint64_t pivots = 0;   // pivots removed
    std::uint64_t shared = 0;   // records that stay because other sources have seen them too
    // After all records were visited, and if any was removed, sparse blocks are merged to free
    // their pages.
    enum class Stage : std::uint8_t { removing, repacking_names, repacking_pivots, done };
    Stage stage = Stage::removing;
    bool done() const noexcept { return stage == Stage::done; }

    // For the writer alone: the key at which the next step begins, and the times of the records
    // kept so far.
    std::vector<std::uint8_t> next;
    Period kept{end_of_time, Seconds{0}};
};

}  // namespace dnshist
