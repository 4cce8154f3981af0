// Cursors over one state of the store: over its records, and over its pivots.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/prefetch.hpp"
#include "storage/history/history.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

// A record in the store. The views are valid until the cursor moves.
struct StoredRecord {
    Octets owner;  // key form (storage/record/name.hpp)
    Rrtype type;
    Octets rdata;         // canonical
    Period seen;          // by sensors and in zone files together
    std::uint64_t count;  // likewise
    bool has_runs;        // false: seen in one run from begin to end
    Octets payload;       // encoded, storage/format/record_key.hpp

    // With the runs; never seen where the payload is damaged.
    Sightings sightings() const noexcept;
    // Numbers of the sources, ascending; see Snapshot::source().
    std::vector<std::uint32_t> sources() const;
};

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
    // One record, which is most likely there: a pivot led to it.
    void seek_record(Octets owner_key, Rrtype type, Octets rdata);
    // Every record.
    void seek_all();
    // Goes on with the first record sought whose key is at or after `key`: skips many records at
    // the cost of one read. after_owner() and after_subtree() make such keys.
    void skip_to(Octets key);

    // Loads what these seeks will read first; see storage/block/prefetch.hpp. A target is the key
    // form of an owner, or that and a type. Not between a seek and its last next().
    void prefetch(std::span<Prefetch* const> seeks);
    // The next seek is perhaps this one. In the same state of the store it then starts from what
    // was found; any other seek is made as if nothing were expected.
    void expect(const Prefetch& seek) noexcept;

    bool next();
    // As next(), but goes to what a prune has removed too, which next() passes over in one go: it
    // may be a great deal until it is merged into the oldest level. is_removed() then says so, and
    // record() has nothing but what the key says.
    bool step();
    bool is_removed() const noexcept;
    const StoredRecord& record() const noexcept;
    // Its key (storage/format/record_key.hpp).
    Octets key() const noexcept;
    // Octets that sort after the key before the last move and not after this one, most often far
    // shorter than a key: skip_to() with them goes on with this record.
    Octets place() const noexcept;

    // Whether the last walk has shown that no record is at the name or below it; false where a
    // lookup must tell.
    bool excludes(const NameKey& name) const noexcept;

    // Whether a walk may have ended since a part of a cluster is still to be read.
    bool lacks() const noexcept;

    // How many values of the store were read since the last seek.
    std::uint64_t reads() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// One owner that had a value in RDATA of one type. The views are valid until the cursor moves.
struct StoredPivot {
    Octets value;  // pivot value, see storage/pivot/pivot_values.hpp
    Rrtype type;
    Octets owner;  // key form
};

// Walks pivots in key order. Lives inside its Snapshot; does not allocate once made.
class PivotCursor {
  public:
    explicit PivotCursor(Snapshot& snapshot);
    ~PivotCursor();
    PivotCursor(const PivotCursor&) = delete;
    PivotCursor& operator=(const PivotCursor&) = delete;

    // Every pivot whose value begins with these octets.
    void seek_prefix(Octets value_prefix);
    // Goes on with the first pivot sought whose key is at or after `key`.
    void skip_to(Octets key);
    // As RecordCursor's.
    bool next();
    bool step();
    bool is_removed() const noexcept;
    const StoredPivot& pivot() const noexcept;
    Octets key() const noexcept;
    // As RecordCursor's.
    Octets place() const noexcept;
    std::uint64_t reads() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist
