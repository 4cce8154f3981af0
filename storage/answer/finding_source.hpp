// Makes findings (storage/answer/finding.hpp) of the records that a walk visits, and applies the
// filters of time and count.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "storage/answer/finding.hpp"
#include "storage/answer/record_walk.hpp"
#include "storage/base/function_ref.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/query/query.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

class FindingSource {
  public:
    // The snapshot must outlive the FindingSource; `gap` is its store's.
    FindingSource(Snapshot& snapshot, std::uint32_t gap);

    // When the newest record of the store was seen: a record last seen longer than the gap before
    // that has disappeared.
    void set_newest(Seconds newest) noexcept { newest_ = newest; }

    // Whether one of the record's runs overlaps the period.
    bool seen_during(const StoredRecord& record, Period period) const noexcept;

    // Calls visit(const Finding&), which returns whether to continue, for the query's findings in
    // the store's order. `budget` is in units of WorkBudget.
    WalkEnd find(const Query& query, std::uint64_t budget,
                 FunctionRef<bool(const Finding&)> visit) {
        visit_ = visit;
        return find(query, budget);
    }
    // The same of `history` and `pivot` from a key on, RecordWalk::stop_key(), instead of the
    // query's own resume point.
    WalkEnd find_from(const Query& query, Octets from, std::uint64_t budget,
                      FunctionRef<bool(const Finding&)> visit);

    // While the visitor has a finding: the resume point from which find() makes this one first.
    // Empty where there is none.
    ResumePoint resume_point_of(const Query& query, const Finding& finding) const noexcept;
    // Likewise the whole key of which that is the beginning. Not in a summary.
    RecordWalk::PlaceKey key_of(const Query& query, const Finding& finding) const noexcept;

    RecordWalk& walk() noexcept { return walk_; }

  private:
    // The records of one owner or type together.
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
    WalkEnd find(const Query& query, std::uint64_t budget);
    WalkEnd find_names(const Query& query, std::uint64_t budget);
    WalkEnd find_summary(const Query& query, std::uint64_t budget);
    WalkEnd add_up(const Query& query, std::uint64_t budget, std::optional<std::uint32_t> last);
    bool visit_record(const Query& query, const StoredRecord& record, std::uint32_t ordinal);
    bool visit_runs(const StoredRecord& record, std::uint32_t ordinal);
    bool visit_events(const Query& query, const StoredRecord& record, std::uint32_t ordinal);
    bool visit_name();
    TypeTotal& total_of(Rrtype type);
    bool visit(const Finding& finding) { return visit_(finding); }

    RecordWalk walk_;
    std::uint32_t gap_;
    Seconds newest_{};
    FunctionRef<bool(const Finding&)> visit_;

    std::array<Period, 2 * max_runs> runs_;
    // The owner whose records are visited.
    KeyBound owner_;
    Total name_;
    std::vector<Rrtype> name_types_;
    // One for each type visited so far, and the index of each type's among them.
    std::vector<TypeTotal> totals_;
    std::unique_ptr<std::uint16_t[]> total_indexes_;
};

}  // namespace dnshist
