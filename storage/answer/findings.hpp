// Lines to be: what a view makes of the records that a walk meets, before they are sorted and
// written.
//
//     history, pivot   a record; with runs, each interval in which it was seen
//     names            an owner, with all of its records that pass
//     summary          a record type, likewise
//     changes          an event: a record appeared, or went away
//
// The filters of time and count are applied here.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "storage/answer/record_walk.hpp"
#include "storage/base/function_ref.hpp"
#include "storage/history/history.hpp"
#include "storage/query/query.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

// Views are good until the visitor returns.
struct Finding {
    // Together these say which finding of the walk it is, and ascend in the store's order.
    std::uint32_t ordinal = 0;
    std::uint16_t part = 0;  // of several that one record makes, the oldest first

    Period seen{};  // of an event: its time, twice
    std::uint64_t count = 0;
    const StoredRecord* record = nullptr;  // but for names and summary
    Octets owner = {};                     // of names: key form
    std::span<const Rrtype> types = {};    // of names: ascending; of summary: the one
    std::uint64_t values = 0;              // of summary: how many records
    bool appeared = false;                 // of changes; else it went away
};

class FindingSource {
  public:
    // The snapshot must outlive the FindingSource; `gap` is its store's.
    FindingSource(Snapshot& snapshot, std::uint32_t gap);

    // When the newest record of the store was seen: what was last seen longer than the gap before
    // has gone away.
    void set_newest(Seconds newest) noexcept { newest_ = newest; }

    // Whether the record was seen at some time during the period, or all around it.
    bool seen_during(const StoredRecord& record, Period period) const noexcept;

    // Calls visit(const Finding&), which says whether to go on, for the query's findings in the
    // store's order.
    WalkEnd make(const Query& query, std::uint64_t budget,
                 FunctionRef<bool(const Finding&)> visit) {
        visit_ = visit;
        return make(query, budget);
    }

    // While the visitor has an finding: the place from which make() makes this one first. Empty
    // where that cannot be said.
    ResumePoint place_of(const Query& query, const Finding& finding) const noexcept;

    RecordWalk& walk() noexcept { return walk_; }

  private:
    // What the records of one owner or type come to.
    struct Total {
        std::uint32_t ordinal = 0;  // of the first
        Period seen{};
        std::uint64_t count = 0;
        std::uint64_t values = 0;

        void add(const StoredRecord& record, std::uint32_t at) noexcept;
    };
    struct TypeTotal {
        Rrtype type{};
        Total total;
    };

    bool passes(const Query& query, const StoredRecord& record) const noexcept;
    std::span<const Period> runs_of(const StoredRecord& record,
                                    std::span<Period, 2 * max_runs> room) const noexcept;
    WalkEnd make(const Query& query, std::uint64_t budget);
    WalkEnd make_names(const Query& query, std::uint64_t budget);
    WalkEnd make_summary(const Query& query, std::uint64_t budget);
    WalkEnd add_up(const Query& query, std::uint64_t budget, std::uint32_t last);
    bool make_runs(const StoredRecord& record, std::uint32_t ordinal);
    bool make_events(const Query& query, const StoredRecord& record, std::uint32_t ordinal);
    bool make_name();
    TypeTotal& total_of(Rrtype type);
    bool visit(const Finding& finding) { return visit_(finding); }

    RecordWalk walk_;
    std::uint32_t gap_;
    Seconds newest_{};
    FunctionRef<bool(const Finding&)> visit_;

    std::array<Period, 2 * max_runs> runs_;
    // The owner whose records are met.
    KeyBound owner_;
    Total name_;
    std::vector<Rrtype> name_types_;
    // Of each type that has been met, and where each type's is among them.
    std::vector<TypeTotal> totals_;
    std::unique_ptr<std::uint16_t[]> places_;
};

}  // namespace dnshist
