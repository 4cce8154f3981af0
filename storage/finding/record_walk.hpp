// Visits the records that a query is about, in the store's order, within a budget of work.
//
// A walk that the budget stops reports a resume point (the filter from-X), so that a question costs
// little however much is stored, and the rest can still be asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "storage/base/function_ref.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/finding/name_list.hpp"
#include "storage/finding/record_tests.hpp"
#include "storage/finding/shared_values.hpp"
#include "storage/finding/work_budget.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/search/search_walk.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

// How a walk ended.
struct WalkEnd {
    std::uint64_t records = 0;  // decoded
    bool stopped = false;       // by the budget; the rest says how:
    ResumePoint resume_point;   // empty where there is none
    // The last record before the resume point; later ones are visited again from there.
    std::uint32_t last_ordinal = 0;
    // The records of one name, which `names` groups, exceeded the budget by themselves. The resume
    // point is after them.
    bool incomplete = false;
    bool names_cut = false;  // there was no room for all names of its list
};

// Whether the walk of a query goes through pivots, so that their keys are its places.
inline bool is_pivot(const Query& query) noexcept {
    return query.scope == Scope::values || query.scope == Scope::shared;
}

// A key to resume from: the octets that all keys of the query begin with, and the resume point's.
using StartKey = OctetBuffer<max_pivot_key + max_record_key>;
inline StartKey start_key(Octets base, Octets point) noexcept {
    StartKey key(base);
    key.append(point);
    return key;
}

// Returns whether to continue.
using RecordVisitor = FunctionRef<bool(const StoredRecord& record, std::uint32_t ordinal)>;

class RecordWalk {
  public:
    // The snapshot must outlive the RecordWalk.
    RecordWalk(Snapshot& snapshot, std::uint32_t gap)
        : records_(snapshot), pivots_(snapshot), search_(snapshot), tests_(snapshot, gap) {}

    // The conditions of the queries that have further ones; their work is charged here.
    RecordTests& tests() noexcept { return tests_; }

    // What the walks of Scope::suffixes and Scope::lookalikes look for, and those of Scope::shared.
    NameList& names() noexcept { return names_; }
    SharedValues& shared_values() noexcept { return shared_values_; }
    // While a visitor has a record of one of these names: the name's tag.
    std::uint8_t name_tag() const noexcept { return name_tag_; }

    // Calls visit(const StoredRecord&, std::uint32_t ordinal), which returns whether to continue,
    // for the records in the query's scope and of its types; the filters of time and count are left
    // to the visitor. `budget` is in units of WorkBudget. Ordinals ascend. The same query of the
    // same state of the store visits the same records.
    WalkEnd walk(const Query& query, std::uint64_t budget, RecordVisitor visit) {
        begin(&query, query.from.octets(), budget, visit);
        return walk(query);
    }
    // The same from a stop_key() on instead of the query's own resume point. Ends at any record.
    // The budget is for the records alone: what names() cost may be more than it at each walk.
    WalkEnd walk(const Query& query, Octets from, std::uint64_t budget, RecordVisitor visit) {
        const bool has_names = cost_of_read(&query) != WorkBudget::read_cost;
        begin(&query, from, budget + (has_names ? names_cost_ : 0), visit);
        overdraft_ = 0;
        may_overdraw_ = false;
        return walk(query);
    }
    // The same for the records of one owner, of one type or of all, without a resume point.
    WalkEnd walk(const Name& owner, std::optional<Rrtype> type, std::uint64_t budget,
                 RecordVisitor visit) {
        begin(nullptr, {}, budget, visit);
        return walk(owner, type);
    }

    // Makes `seek` the one that the walk of a query begins with. False where the query is not of
    // one name from its beginning, or of the view `at`: nothing is prefetched for it.
    static bool set_first_seek(const Query& query, Prefetch& seek);
    void prefetch(std::span<Prefetch* const> seeks) { records_.prefetch(seeks); }
    void expect(const Prefetch& seek) noexcept { records_.expect(seek); }

    // While a visitor has a record of the query: the resume point from which a walk visits this
    // record first. Empty where there is none.
    ResumePoint resume_point() const noexcept;
    // Likewise the key of which a resume point is the beginning.
    using PlaceKey = OctetBuffer<1 + max_pivot_key + max_record_key>;
    PlaceKey place_key() const noexcept;
    // Once the budget or the visitor has stopped the walk of a query: the key from which another
    // visits the next record that this one did not visit to the end.
    PlaceKey stop_key() const noexcept;

    // The work of making names(), in units of WorkBudget: each walk over them is charged for it, so
    // that all walks of a query stop at the same record.
    void set_names_cost(std::uint64_t units) noexcept { names_cost_ = units; }

    // Units of work of all walks so far.
    std::uint64_t spent() const noexcept { return spent_; }

    // How many octets all record keys of a query begin with.
    static std::size_t base_octets(const Query& query) noexcept;

    // Whether the last walk over records has shown that there is none at the name or below it.
    bool excludes(const NameKey& name) const noexcept { return records_.excludes(name); }

    // Whether any record was seen at the name or below it, or pointed there, that is not of a
    // personal type. True after max_skips owners or values with nothing else, which says nothing of
    // any one of them.
    bool has_records(const NameKey& name);
    bool has_pivots(const NameKey& name);
    // Whether anything points at one of the values. Without `personal`, records of such types do
    // not count.
    bool points_at(const PivotRanges& values, bool personal);

  private:
    void begin(const Query* query, Octets from, std::uint64_t budget,
               RecordVisitor visit) noexcept {
        query_ = query;
        from_ = from;
        units_ = budget;
        budget_ = WorkBudget(budget, cost_of_read(query));
        if (cost_of_read(query) != WorkBudget::read_cost) budget_.charge(names_cost_);
        tests_.begin_walk();
        end_ = {};
        overdraft_ = max_overdraft;
        may_overdraw_ = true;
        searches_ = false;
        visit_ = visit;
    }
    static std::uint64_t cost_of_read(const Query* query) noexcept {
        const bool is_near = query != nullptr &&
                             (query->scope == Scope::suffixes || query->scope == Scope::lookalikes);
        return is_near ? WorkBudget::near_read_cost : WorkBudget::read_cost;
    }
    WalkEnd walk(const Query& query);
    void walk_scope(const Query& query);
    WalkEnd walk(const Name& owner, std::optional<Rrtype> type);
    WalkEnd end();
    void set_end(const ResumePoint& point) noexcept;
    void find_last_place();
    // Whether the name of the next question has room for it, and it is behind the place where this
    // walk began: else the next would be the same.
    bool fits(const ResumePoint& point) const noexcept {
        return !point.empty() && point.size() <= query_->place_octets &&
               compare(point.octets(), from_) > 0;
    }
    bool charge_record(std::uint64_t reads_since_seek, bool may_stop = true,
                       WorkBudget::Kind kind = WorkBudget::Kind::visited) noexcept;
    // One that was removed is passed over. A resume point tells of none while there is another way.
    bool charge_removed(std::uint64_t reads_since_seek) noexcept {
        return charge_record(reads_since_seek, false, WorkBudget::Kind::passed);
    }
    bool visit(const StoredRecord& record) {
        return visit_(record, static_cast<std::uint32_t>(budget_.records()));
    }
    bool visit_sought(bool without_personal);
    void walk_owner(const Query& query);
    void walk_names(const Query& query);
    void walk_list(const Query& query);
    bool visit_listed(const Query& query, Octets key);
    void walk_values(const Query& query);
    void walk_shared(const Query& query);
    bool wants(Octets value) {
        return query_->further.patterns.empty() || query_->scope == Scope::shared ||
               tests_.matches(value);
    }
    bool begin_search(const Query& query, Space space);
    WorkBudget::Kind kind_of(Octets owner_or_value) const noexcept;
    std::optional<Octets> next_place(Octets behind);
    bool skip_names();
    bool skip_values(const PivotRange& range);
    bool is_first_value(Octets value, const StoredRecord& record);
    bool walk_range(const Query& query, const PivotRange& range, Octets from);
    bool visit_pivot(Octets from);
    bool seek_range(const PivotRange& range, Octets from = {});
    bool skip_hidden(bool personal, FunctionRef<bool()> is_past);
    void note_owner() noexcept;
    std::size_t base_octets() const noexcept { return base_octets(*query_); }
    ResumePoint point_to_stop() const noexcept;
    PlaceKey pivot_place_key() const noexcept;

    RecordCursor records_;
    PivotCursor pivots_;
    SearchWalk search_;
    RecordTests tests_;
    NameList names_;
    SharedValues shared_values_;
    std::uint8_t name_tag_ = 0;
    bool records_ended_ = false;

    // Owners, or values, that have personal records alone, and records that were removed: so many
    // are passed over in search of others.
    static constexpr unsigned max_skips = many_removed;

    // Records that a walk may visit beyond its budget until a resume point is short enough for the
    // name of the next question: at a key that shares little with the key before.
    static constexpr std::uint64_t max_overdraft = 10'000;

    // The current walk.
    bool searches_ = false;  // goes from one place with the literal of the patterns to the next
    const Query* query_ = nullptr;  // null where no resume point is reported
    Octets from_;
    std::uint64_t units_ = 0;  // of the budget
    std::uint64_t overdraft_ = 0;
    bool may_overdraw_ = false;      // and wants a resume point
    bool seeks_last_place_ = false;  // as find_last_place() says
    RecordVisitor visit_;
    WorkBudget budget_;
    std::uint64_t names_cost_ = 0;
    std::uint64_t spent_ = 0;
    WalkEnd end_;
    // For `names`, which groups records by owner: the current owner, how much of its key it shares
    // with the owner before, and how many records came before it.
    bool by_owner_ = false;
    KeyBound owner_;
    std::size_t owner_shared_ = 0;
    std::uint64_t records_before_owner_ = 0;
    bool any_before_owner_ = false;  // was visited or passed over
    // How many octets all pivot keys of the current range begin with. The index of that range among
    // the query's values, and how many records of the current pivot came before, in this
    // walk or an earlier one.
    std::size_t range_octets_ = 0;
    std::uint8_t range_ = 0;
    std::uint64_t pivot_records_ = 0;
};

}  // namespace dnshist
