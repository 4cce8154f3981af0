// Types that readers and writers of a store share: its errors, counters and feed positions.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/text/time.hpp"

namespace dnshist {

// Octets of address space, not memory, that a process reserves for a store: more than its file will
// have. Opening it takes 0.1 ms and 84 kB of page tables.
inline constexpr std::size_t usual_reserve = std::size_t{1} << 40;

// A store that cannot be read or written. what() is a sentence for the operator, with the path.
class StoreError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The store as this process has it open is of no more use, and is to be opened anew: it has
// outgrown the address space that was reserved for it, or its files were removed, replaced or cut
// short.
struct MustReopen : StoreError {
    using StoreError::StoreError;
};

// Is given each damaged value: where ("names at example.com. A"), and what is wrong with it.
using DamageReport = std::function<void(const std::string& where, const std::string& what)>;

struct StoreStatistics {
    std::uint64_t names = 0;    // distinct owners
    std::uint64_t records = 0;  // distinct (owner, type, rdata)
    std::uint64_t pivots = 0;   // distinct (value, type, owner)
    std::uint64_t octets = 0;   // of the store's files that are in use
    std::optional<Seconds> earliest;
    std::optional<Seconds> latest;
    std::optional<Seconds> written;  // when the last batch was committed

    // When the newest record was seen: `latest`, but at most a day after `written`, since a store
    // may hold times of the future.
    std::optional<Seconds> newest() const noexcept {
        constexpr std::uint32_t day = 86400;
        if (!latest || !written) return latest;
        const std::uint32_t left = end_of_time.since_epoch - written->since_epoch;
        return std::min(*latest, Seconds{written->since_epoch + std::min(day, left)});
    }
    // `latest` where it is of the future.
    std::optional<Seconds> ahead() const noexcept {
        return newest() == latest ? std::nullopt : latest;
    }
};

// The levels of a store (storage/format/FORMAT.md), and how far they are merged.
struct LevelStatistics {
    struct Level {
        std::uint64_t files = 0;
        std::uint64_t octets = 0;
    };
    std::uint64_t young = 0;   // octets of the pages of young blocks
    std::vector<Level> old;    // the youngest first
    bool merging = false;      // a round of merges has begun, and goes on with the next writer
    std::uint64_t behind = 0;  // octets of young blocks that the round has yet to merge, about
    // Octets written into the young blocks since the last round began. Above the most, what comes
    // in waits for merges.
    std::uint64_t debt = 0;
    std::uint64_t most_debt = 0;
    // Since the store has levels: observations taken, the octets written for them, and damaged
    // segments that merges left behind.
    std::uint64_t observations = 0;
    std::uint64_t written = 0;
    std::uint64_t damaged = 0;
    // Of files with keys, how many there are and how many have a search index; and its octets.
    std::uint64_t files = 0;
    std::uint64_t search_files = 0;
    std::uint64_t search_octets = 0;
    std::uint64_t young_search_octets = 0;  // of the index of young blocks; 0 where there is none
};

// LMDB's slots for readers, of all processes together. Where none is free, nobody else can read.
struct ReaderSlots {
    unsigned used = 0;
    unsigned total = 0;
};

// How this process has read a store in a cluster since it opened it.
struct ClusterReading {
    std::uint64_t tablets = 0;      // that are known
    std::uint64_t round_trips = 0;  // waits for the cluster
    std::uint64_t reads = 0;        // of objects, in these
    std::uint64_t splits = 0;       // tablets found cut, and read again
    std::uint64_t failures = 0;     // round trips without an answer
    std::uint64_t hits = 0;         // lookups of what is cached
    std::uint64_t misses = 0;
    std::uint64_t cached_octets = 0;
    double cached_seconds = 0;  // since the oldest block was read that is cached
};

// The cost of writing into a cluster.
struct ClusterWriting {
    std::uint64_t observations = 0;  // of batches that have ended
    std::uint64_t octets = 0;        // written for them, of which the cluster makes its copies
    std::uint64_t conflicts = 0;     // writes made again, since another writer was first
    std::uint64_t unanswered = 0;    // writes of which no reply came in time
    std::uint64_t cuts = 0;          // new tablets

    ClusterWriting& operator+=(const ClusterWriting& other) noexcept {
        observations += other.observations;
        octets += other.octets;
        conflicts += other.conflicts;
        unanswered += other.unanswered;
        cuts += other.cuts;
        return *this;
    }
    ClusterWriting operator-(const ClusterWriting& before) const noexcept {
        return {observations - before.observations, octets - before.octets,
                conflicts - before.conflicts, unanswered - before.unanswered, cuts - before.cuts};
    }
};

// A store in a cluster as its writers have left it.
struct ClusterStatistics {
    // Where one writer at a time works.
    struct Lane {
        unsigned number = 0;
        std::string holder;  // who took it last: host and process
        std::uint64_t batches = 0;
        bool is_unfinished = false;      // a batch has begun, and not ended
        std::optional<Seconds> written;  // when the last batch ended
        std::string waits_for{};         // a missing tablet that the batch needs; or empty
    };
    std::vector<Lane> lanes;
    std::uint64_t names_tablets = 0;
    std::uint64_t pivots_tablets = 0;
    ClusterWriting writing;  // since the store was made
};

// The store's state, for metrics.
struct StoreReport {
    StoreStatistics statistics;
    LevelStatistics levels;
    ReaderSlots slots;
};

// Under a limit of new children: how many a parent got, and how many it was refused. A child that
// comes again with another batch is counted again.
struct ChildCount {
    std::uint64_t admitted = 0;
    std::uint64_t refused = 0;
};

// The position of a feed: how much of it the store holds. `head` and `prefix` are digests of the
// content's first head_octets and first `offset` octets.
struct FeedPosition {
    std::array<std::uint8_t, 16> head{};
    std::uint32_t head_octets = 0;
    std::array<std::uint8_t, 16> prefix{};
    std::uint64_t offset = 0;  // octets of content (after decompression) that are in the store
    bool whole = false;        // the feed's end was reached, and nothing is missing
    // Where the feed ended when it was last imported whole: `offset`, unless it grew and the import
    // of the rest was interrupted. 0: never.
    std::uint64_t ended_at = 0;
    Seconds when{};    // of the last batch
    std::string name;  // as last given, for messages
    // The digest of the options that the feed was read with (HistoryWriter::reading()); zeros if
    // the version that wrote this kept none.
    std::array<std::uint8_t, 16> reading{};

    // An import took some items up to `until` for ones of the future, since its clock stood at
    // `time`. In their order; items behind the last one were judged at `when`, or none was refused.
    struct Clock {
        std::uint64_t until = 0;
        Seconds time{};
    };
    static constexpr std::size_t max_clocks = 16;  // of the latest imports
    std::vector<Clock> clocks;
};

}  // namespace dnshist
