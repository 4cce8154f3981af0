// The records that a query is about, met one by one in the store's order, within a bound of work.
//
// Where the bound stops a walk, the walk says at which place of the store it can be gone on with
// (the filter from-X), so that a question costs little however much there is to tell, and yet
// nothing is out of reach.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/base/function_ref.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/history.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

// What has been spent of a budget of work, in its units: a record decoded costs 1, and each read of
// the store but the first read_cost.
class Work {
  public:
    static constexpr std::uint64_t read_cost = 20;

    explicit Work(std::uint64_t budget = 0) noexcept : budget_(budget) {}

    // One more record, with so many reads by the cursor since its seek. False where the budget does
    // not allow it.
    bool take(std::uint64_t reads_since_seek) noexcept {
        const std::uint64_t all_reads = reads_ + reads_since_seek;
        const std::uint64_t further = all_reads > 1 ? all_reads - 1 : 0;
        stopped_ = records_ + 1 + further * read_cost > budget_;
        if (!stopped_) ++records_;
        return !stopped_;
    }
    // The reads of a cursor that seeks anew.
    void add_reads(std::uint64_t reads) noexcept { reads_ += reads; }

    std::uint64_t records() const noexcept { return records_; }
    // Units, once the reads of every cursor are added; all of the budget where it was not enough.
    std::uint64_t spent() const noexcept {
        return stopped_ ? budget_ : records_ + (reads_ > 1 ? reads_ - 1 : 0) * read_cost;
    }
    bool stopped() const noexcept { return stopped_; }
    // One record more than the budget allows.
    void overdraw() noexcept {
        stopped_ = false;
        ++budget_;
        ++records_;
    }

  private:
    std::uint64_t budget_;
    std::uint64_t records_ = 0;
    std::uint64_t reads_ = 0;
    bool stopped_ = false;
};

// How a walk ended.
struct WalkEnd {
    std::uint64_t records = 0;  // decoded
    bool stopped = false;       // by the work limit; if so:
    ResumePoint place;          // where to go on; empty where that cannot be said
    // The last record before the place; those met after it are met again from there.
    std::uint32_t last_ordinal = 0;
    // The records of one name, which `names` puts together, were too much by themselves. The place
    // is behind them.
    bool incomplete = false;
};

// Says whether to go on.
using RecordVisitor = FunctionRef<bool(const StoredRecord& record, std::uint32_t ordinal)>;

class RecordWalk {
  public:
    // The snapshot must outlive the RecordWalk.
    explicit RecordWalk(Snapshot& snapshot) : records_(snapshot), pivots_(snapshot) {}

    // Calls visit(const StoredRecord&, std::uint32_t ordinal), which says whether to go on, for the
    // records that the query is about, whatever its filters of time and count. Ordinals ascend. The
    // same query of the same state of the store meets the same records.
    WalkEnd meet(const Query& query, std::uint64_t budget, RecordVisitor visit) {
        begin(&query, budget, visit);
        return meet(query);
    }
    // The same for the records of one owner, of one type or of all, without a place to go on.
    WalkEnd meet(const Name& owner, std::optional<Rrtype> type, std::uint64_t budget,
                 RecordVisitor visit) {
        begin(nullptr, budget, visit);
        return meet(owner, type);
    }

    // Finds out where the walk of a query will begin, and in which segment that is, as RecordCursor
    // does. Of queries of one name, from its beginning and of any view but `at`; of others nothing
    // is prefetched.
    void prefetch(const Query& query, Prefetch& seek);
    void prefetch_segment(Prefetch& seek) { records_.prefetch_segment(seek); }
    void expect(const Prefetch& seek) noexcept { records_.expect(seek); }

    // While a visitor has a record of the query: the place from which a walk meets this one first.
    // Empty where that cannot be said.
    ResumePoint here() const noexcept;

    // Units of work of all walks so far.
    std::uint64_t spent() const noexcept { return spent_; }

    // Whether the last walk over records has shown that there is none at the name or below it.
    bool excludes(const NameKey& name) const noexcept { return records_.excludes(name); }

    // Whether anything points at one of the values.
    bool points_at(const PivotRanges& values);

  private:
    void begin(const Query* query, std::uint64_t budget, RecordVisitor visit) noexcept {
        query_ = query;
        work_ = Work(budget);
        end_ = {};
        overdraft_ = max_overdraft;
        visit_ = visit;
    }
    WalkEnd meet(const Query& query);
    WalkEnd meet(const Name& owner, std::optional<Rrtype> type);
    WalkEnd ended() noexcept;
    bool may_meet(std::uint64_t reads_since_seek) noexcept;
    bool meet_found();
    void walk_owner(const Query& query);
    void walk_names(const Query& query);
    void walk_values(const Query& query);
    bool walk_range(const Query& query, const PivotRange& range, Octets from);
    bool meet_pivot(const Query& query, Octets from);
    bool seek_range(const PivotRange& range, Octets from = {});
    void note_owner() noexcept;
    std::size_t base_octets() const noexcept;
    ResumePoint place_to_stop() const noexcept;

    RecordCursor records_;
    PivotCursor pivots_;

    // Records that a walk may meet beyond its budget for a place that a question has room for: one
    // where a key has little in common with the one before.
    static constexpr unsigned max_overdraft = 1000;

    // Of the walk under way.
    const Query* query_ = nullptr;  // null where there is no place to go on from
    unsigned overdraft_ = 0;
    RecordVisitor visit_;
    Work work_;
    std::uint64_t spent_ = 0;
    WalkEnd end_;
    // What `names` puts together: the owner whose records are met, how much of its key it shares
    // with the owner before, and how many records were met before it.
    bool by_owner_ = false;
    KeyBound owner_;
    std::size_t owner_shared_ = 0;
    std::uint64_t before_owner_ = 0;
    // The range of values that is walked, and how many records were met of those that the pivot
    // leads to.
    std::uint8_t range_ = 0;
    std::uint64_t pivot_records_ = 0;
};

}  // namespace dnshist
