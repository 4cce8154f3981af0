// The history store: all that the other rooms know of it.
//
// One directory holds one store: one LMDB environment (storage/engine/lmdb/lmdb.hpp) with the
// format of storage/format/FORMAT.md. History reads it and HistoryWriter writes it; any number of
// processes may read while one writes, and none waits for another.
//
// A store that cannot be used (missing, unreadable, of another version, full) is a StoreError,
// whose text names the store and the way out. A damaged value is not: it is reported to the
// DamageReport, skipped, and reading goes on.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/child_limit.hpp"
#include "storage/history/prefetch.hpp"
#include "storage/history/prune.hpp"
#include "storage/record/name.hpp"
#include "storage/record/observation.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

// A record as the store holds it. The views are good until the cursor moves on.
struct StoredRecord {
    Octets owner;  // key form (storage/record/name.hpp)
    Rrtype type;
    Octets rdata;         // canonical
    Period seen;          // by sensors and in zone files together
    std::uint64_t count;  // likewise
    bool has_runs;        // or was seen all the time in between
    Octets payload;       // all that is known of it, packed

    // The runs; a damaged payload reads as never seen.
    Sightings sightings() const noexcept;
    // Numbers of the sources, ascending; see Snapshot::source().
    std::vector<std::uint32_t> sources() const;
};

struct OverflowingParents {
    struct Parent {
        Name name;
        ChildCount children;
    };
    std::vector<Parent> parents;
    std::uint64_t overflowing = 0;  // how many parents there are
    std::uint64_t refused = 0;      // children turned away, of all of them
};

class Snapshot;

// Walks records in key order: owners from the root down (storage/record/name.hpp), the types of an
// owner by number, the RDATA of a type by octets. Lives inside its Snapshot; does not allocate once
// made.
class RecordCursor {
  public:
    explicit RecordCursor(Snapshot& snapshot);
    ~RecordCursor();
    RecordCursor(const RecordCursor&) = delete;
    RecordCursor& operator=(const RecordCursor&) = delete;

    // The records of one owner, of one type or of all. seek_* place the cursor before the first;
    // next() moves on and says whether there is one.
    void seek_owner(Octets owner_key, std::optional<Rrtype> type = std::nullopt);
    // The records of every owner at or below the name.
    void seek_subtree(const NameKey& name);
    // One record.
    void seek_record(Octets owner_key, Rrtype type, Octets rdata);
    // Every record there is.
    void seek_all();
    // Goes on with the first record whose key is at or after `key`, among those sought: the way
    // past many records at the cost of one read. after_owner() and after_subtree() make such keys.
    void skip_to(Octets key);

    // Finds out where seek_owner() will go, and in which segment that is; see
    // storage/history/prefetch.hpp. Neither may come between a seek and its last next(). A seek
    // that is the one expected, in the same state of the store, reads what was found; any other is
    // made as if nothing were expected.
    void prefetch(const NameKey& owner, std::optional<Rrtype> type, Prefetch& seek);
    void prefetch_segment(Prefetch& seek);
    void expect(const Prefetch& seek) noexcept;

    bool next();
    const StoredRecord& record() const noexcept;
    // Octets that are after the key of the record before and not after this one's, and most often
    // far shorter: where skip_to() goes on with this record.
    Octets place() const noexcept;

    // Whether the last walk has shown in passing that no record is at the name or below it; false
    // where that is to be looked up.
    bool excludes(const NameKey& name) const noexcept;

    // How many values of the store were read since the last seek.
    std::uint64_t reads() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Walks the pivots of one value: which owners had it in the RDATA of which type.
struct StoredPivot {
    Octets value;  // pivot value, see storage/pivot/pivot_values.hpp
    Rrtype type;
    Octets owner;  // key form
};

class PivotCursor {
  public:
    explicit PivotCursor(Snapshot& snapshot);
    ~PivotCursor();
    PivotCursor(const PivotCursor&) = delete;
    PivotCursor& operator=(const PivotCursor&) = delete;

    // Every pivot whose value begins with these octets.
    void seek_prefix(Octets value_prefix);
    // Goes on with the first pivot whose key is at or after `key`, among those sought.
    void skip_to(Octets key);
    bool next();
    const StoredPivot& pivot() const noexcept;
    Octets key() const noexcept;
    // As RecordCursor's.
    Octets place() const noexcept;
    std::uint64_t reads() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

class History;

// One consistent state of the store: an LMDB read transaction. One thread at a time; renew() and
// reset() around each batch of questions, never held across a wait (a held one makes the file
// grow).
class Snapshot {
  public:
    explicit Snapshot(History& history);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    // Takes the newest state. Throws StoreError; `MapResized` where the writer has grown the store
    // past what this process reserved, see History::resize().
    void renew();
    void reset() noexcept;

    // Whether any record was ever seen at the name or below it. Costs a read of the store.
    bool has_records(const NameKey& name);
    // Whether any record pointed at the name or below it. Likewise.
    bool has_pivots(const NameKey& name);

    StoreStatistics statistics();
    // What the limit of new children has come to: the parents that had to turn children away, those
    // with the most first, `most` of them, and all of them together.
    OverflowingParents overflowing_parents(std::size_t most);
    std::optional<Source> source(std::uint32_t number, Octets owner_key);

  private:
    friend class RecordCursor;
    friend class PivotCursor;
    friend struct PrefixWalk;
    struct State;
    std::unique_ptr<State> state_;
};

// A store opened for reading. Shared by all threads of a process; open it once per process and
// after any fork.
class History {
  public:
    // `reserve` octets of address space (not memory) let the store grow without a MapResized.
    explicit History(const std::filesystem::path& directory, DamageReport report = {},
                     std::size_t reserve = std::size_t{64} << 30);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    // After MapResized: follows the store's new size. Every Snapshot of this process must be reset.
    void resize();

    const std::filesystem::path& directory() const noexcept;
    // Seconds: the longest pause inside a run. A store never changes it.
    std::uint32_t gap() const noexcept;
    // For any thread, but not while resize() runs.
    ReaderSlots reader_slots() const;

  private:
    friend class Snapshot;
    struct State;
    std::unique_ptr<State> state_;
};

struct ApplyResult {
    std::uint64_t new_records = 0;
    std::uint64_t merged_records = 0;  // that were in the store before
    std::uint64_t new_names = 0;
    std::uint64_t new_pivots = 0;
    // Entries of the batch that the limit of new children has turned away.
    std::uint64_t refused_children = 0;
};

// The one writer of a store. Creates the directory and the store where there is none.
class HistoryWriter {
  public:
    struct Options {
        std::uint32_t gap = default_gap;  // of a new store; an old one keeps its own
        // Octets of address space to begin with; the map grows by itself.
        std::size_t map_octets = std::size_t{1} << 30;
        ChildLimit child_limit = {};
    };
    // Throws StoreError; at once where another process is writing.
    explicit HistoryWriter(const std::filesystem::path& directory, const Options& options);
    ~HistoryWriter();
    HistoryWriter(const HistoryWriter&) = delete;
    HistoryWriter& operator=(const HistoryWriter&) = delete;

    // What the store knows of feeds whose content begins with these octets: each position whose
    // `head` fits. A position is keyed by (head, head_octets, number).
    struct KnownFeed {
        std::uint32_t number;
        FeedPosition position;
    };
    std::vector<KnownFeed> feeds();

    // Merges a batch into the store and records how far its feed has got, in one transaction: after
    // it returns both are on the disk, if it throws neither is. The batch is sorted by this. A
    // batch of no observations moves the position alone. `feed` is a number of feeds() or a new one
    // from new_feed(); nothing for input that has no position.
    ApplyResult apply(Batch& batch, std::optional<std::uint32_t> feed, const FeedPosition& position,
                      Seconds now);
    std::uint32_t new_feed();

    // Does one step of a prune, and moves `progress` on; call it until that is done. What it
    // removes is off the disk when it returns, and nothing is if it throws. Nothing else may be
    // written through this writer between the steps of a prune.
    void prune(const PruneRule& rule, PruneProgress& progress, Seconds now);

    std::uint32_t gap() const noexcept;

    struct State;  // of the storage room alone

  private:
    std::unique_ptr<State> state_;
};

// What `check` found: every block, record and pivot, walked, and both directions compared. Problems
// go to the report, damaged blocks among them.
struct CheckResult {
    std::uint64_t names = 0;
    std::uint64_t records = 0;
    std::uint64_t pivots = 0;
    std::uint64_t problems = 0;
};
CheckResult check_store(const std::filesystem::path& directory, const DamageReport& report);

}  // namespace dnshist
