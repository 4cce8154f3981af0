#include "storage/finding/record_walk.hpp"

#include <algorithm>
#include <array>

#include "storage/base/octet_buffer.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "storage/record/personal_type.hpp"

namespace dnshist {

WalkEnd RecordWalk::walk(const Query& query) {
    walk_scope(query);
    return end();
}

void RecordWalk::walk_scope(const Query& query) {
    const bool has_owners = query.view == View::names || query.view == View::lookalike;
    by_owner_ = has_owners && query.scope != Scope::values;
    switch (query.scope) {
        case Scope::name:
            walk_owner(query);
            break;
        case Scope::subtree:
        case Scope::below:
        case Scope::children:
            walk_names(query);
            break;
        case Scope::values:
            walk_values(query);
            break;
        case Scope::suffixes:
        case Scope::lookalikes:
            walk_list(query);
            break;
        case Scope::shared:
            walk_shared(query);
            break;
    }
}

WalkEnd RecordWalk::walk(const Name& owner, std::optional<Rrtype> type) {
    by_owner_ = false;
    records_.seek_owner(owner.key().octets(), type);
    visit_sought(!type);
    return end();
}

WalkEnd RecordWalk::end() {
    // A search that found no further place has a cost too.
    if (searches_) budget_.charge(search_.take_cost());
    spent_ += budget_.spent();
    end_.records = budget_.records();
    end_.stopped = budget_.exhausted();
    end_.names_cut = query_ != nullptr && has_list(*query_) && names_.is_cut();
    if (!end_.stopped || query_ == nullptr) return end_;
    const ResumePoint point = point_to_stop();
    set_end(fits(point) ? point : ResumePoint());
    if (end_.resume_point.empty() && may_overdraw_) find_last_place();
    return end_;
}

// The walk goes on from the point, which is that of the current record or owner; or nowhere.
void RecordWalk::set_end(const ResumePoint& point) noexcept {
    end_.resume_point = point;
    end_.last_ordinal = static_cast<std::uint32_t>(budget_.records());
    if (by_owner_ && any_before_owner_) {
        end_.last_ordinal = static_cast<std::uint32_t>(records_before_owner_);
    } else {
        end_.incomplete = by_owner_;
    }
}

// Where the overdraft came to no place that fits: walks once more in the same way, without visits,
// for the last place before that fits.
void RecordWalk::find_last_place() {
    const WalkEnd whole = end_;
    const Query& query = *query_;
    const auto visit_none = [](const StoredRecord&, std::uint32_t) { return true; };
    begin(&query, from_, units_, RecordVisitor(visit_none));
    seeks_last_place_ = true;
    walk_scope(query);
    seeks_last_place_ = false;
    spent_ += budget_.spent();
    if (end_.resume_point.empty()) end_ = whole;
    end_.records = whole.records;
    end_.stopped = true;
}

// Whether one more record may be visited: within the budget, or because there is no resume point to
// stop at yet. A record that is not told of is none (`may_stop`): the point is made of its key.
bool RecordWalk::charge_record(std::uint64_t reads_since_seek, bool may_stop,
                               WorkBudget::Kind kind) noexcept {
    if (query_ != nullptr && query_->further.any) {
        budget_.charge(tests_.take_cost());
        if (searches_) budget_.charge(search_.take_cost());
    }
    if (seeks_last_place_ && may_stop && (by_owner_ ? any_before_owner_ : budget_.any())) {
        const ResumePoint point = point_to_stop();
        if (fits(point)) set_end(point);
    }
    if (budget_.charge_record(reads_since_seek, kind)) return true;
    if (query_ == nullptr || overdraft_ == 0) return false;
    if (may_stop && fits(point_to_stop())) return false;
    --overdraft_;
    budget_.overdraw(kind);
    return true;
}

// For `names`, an owner whose records were not all visited is left for the next walk. The first
// owner of a walk would exceed the next budget too, so the resume point is after it.
ResumePoint RecordWalk::point_to_stop() const noexcept {
    if (!by_owner_) return resume_point();
    ResumePoint point;
    if (any_before_owner_) {
        const std::size_t enough = std::min(owner_.size(), owner_shared_ + 1);
        point.append(owner_.octets().first(enough).subspan(base_octets()));
    } else {
        point.append(after_owner(owner_.octets()).octets().subspan(base_octets()));
    }
    return point;
}

// The name's, and for a single owner the zero that closes it.
std::size_t RecordWalk::base_octets(const Query& query) noexcept {
    switch (query.scope) {
        case Scope::name:
            return query.subject.wire().size();
        case Scope::subtree:
        case Scope::below:
        case Scope::children:
            return query.subject.wire().size() - 1;
        default:
            return 0;
    }
}

// Visits the records that the cursor has sought. False where the visitor or the budget ends the
// walk.
bool RecordWalk::visit_sought(bool without_personal) {
    while (records_.step()) {
        if (records_.is_removed()) {
            if (!charge_removed(records_.reads())) return false;
            continue;
        }
        const bool left_out = without_personal && is_personal(records_.record().type);
        if (!charge_record(records_.reads(), !left_out)) return false;
        if (left_out) continue;
        if (!visit(records_.record())) {
            budget_.add_reads(records_.reads());
            return false;
        }
    }
    budget_.add_reads(records_.reads());
    return true;
}

// The records of one name, type by type where types are asked for.
void RecordWalk::walk_owner(const Query& query) {
    const NameKey owner = query.subject.key();
    const auto visit_from_start = [&] {
        if (!from_.empty()) records_.skip_to(start_key(owner.octets(), from_).octets());
        return visit_sought(query.types.every());
    };
    if (query.types.every()) {
        records_.seek_owner(owner.octets());
        visit_from_start();
        return;
    }
    for (const Rrtype type : query.types.types()) {
        std::array<std::uint8_t, type_octets> octets;
        put_type(octets.data(), type);
        const bool before = compare(octets, from_) < 0 && !starts_with(from_, octets);
        if (before) continue;
        records_.seek_owner(owner.octets(), type);
        if (!visit_from_start()) return;
    }
}

bool RecordWalk::set_first_seek(const Query& query, Prefetch& seek) {
    if (query.view == View::at || query.scope != Scope::name || !query.from.empty()) return false;
    const NameKey owner = query.subject.key();
    if (query.types.every()) {
        seek.set_target(owner.octets());
    } else {
        std::array<std::uint8_t, type_octets> type;
        put_type(type.data(), query.types.types().front());
        seek.set_target(owner.octets(), type);
    }
    return true;
}

// The records of the names at or below the subject, below it, or one label below it. In the last
// case the walk skips what is below each child.
void RecordWalk::walk_names(const Query& query) {
    const NameKey subject = query.subject.key();
    const std::size_t base = subject.subtree().size();
    records_.seek_subtree(subject);
    const KeyBound beginning = after_owner(subject.octets());
    if (query.scope != Scope::subtree) records_.skip_to(beginning.octets());
    if (!from_.empty()) {
        // A place before the beginning, of somebody's making, would lead to the subject itself.
        const auto place = start_key(subject.subtree(), from_);
        const bool is_within = compare(place.octets(), beginning.octets()) > 0;
        if (query.scope == Scope::subtree || is_within) records_.skip_to(place.octets());
    }
    owner_.clear();
    records_before_owner_ = 0;
    any_before_owner_ = false;
    searches_ = begin_search(query, Space::names);
    while (records_.step()) {
        const StoredRecord& record = records_.record();
        if (by_owner_) note_owner();
        const bool is_removed = records_.is_removed();
        const bool passes = !is_removed && query.types.has(record.type);
        const bool is_told = passes || !(is_removed || is_personal(record.type));
        const WorkBudget::Kind kind = kind_of(record.owner);
        if (!charge_record(records_.reads(), is_told, is_removed ? WorkBudget::Kind::passed : kind))
            return;
        if (kind == WorkBudget::Kind::passed) {
            if (!skip_names()) break;
            continue;
        }
        if (query.scope == Scope::children) {
            const std::size_t child = base + 1 + record.owner[base];
            if (record.owner[child] != 0) {
                records_.skip_to(after_subtree(record.owner.first(child + 1)).octets());
                continue;
            }
        }
        if (!passes) continue;
        if (!visit(record)) break;
    }
    budget_.add_reads(records_.reads());
}

// The records of the names of a list, which the cursor reads in one go: a name that lies before the
// record at hand is passed without a read.
void RecordWalk::walk_list(const Query& query) {
    records_.seek_all();
    owner_.clear();
    records_before_owner_ = 0;
    any_before_owner_ = false;
    bool has_record = false;
    for (const NameList::Entry& entry : names_.entries()) {
        const Octets key = names_.key(entry);
        const Octets subtree = key.first(key.size() - 1);
        const bool resumes_here = starts_with(from_, subtree);
        if (!from_.empty() && !resumes_here && compare(subtree, from_) < 0) continue;
        if (has_record && compare(key, records_.record().owner) < 0 &&
            !starts_with(records_.record().owner, subtree)) {
            continue;
        }
        if (!has_record || compare(records_.record().owner, key) < 0) {
            records_.skip_to(compare(from_, key) > 0 ? from_ : key);
            has_record = records_.step();
            if (!has_record && records_.lacks()) {
                // The blocks for the names behind may be read together with those for this one.
                records_.seek_all();
                continue;
            }
            if (!has_record) break;
        }
        name_tag_ = entry.tag;
        // The list and the way to its first name leave some of the budget for records.
        if (!budget_.any()) budget_.leave(units_ < 4 ? 1 : units_ / 4, records_.reads());
        if (!visit_listed(query, key)) break;
        has_record = !records_ended_;
        if (!has_record) break;
    }
    budget_.add_reads(records_.reads());
}

// The records of a name of the list: its own; for `names` those below it too; for `lookalike` those
// of the first owner at or below it. False where the visitor or the budget ends the walk.
bool RecordWalk::visit_listed(const Query& query, Octets key) {
    const Octets subtree = key.first(key.size() - 1);
    const bool has_tree = query.view == View::names || query.view == View::lookalike;
    KeyBound first;
    records_ended_ = false;
    do {
        const StoredRecord& record = records_.record();
        if (has_tree ? !starts_with(record.owner, subtree) : !equal(record.owner, key)) return true;
        if (records_.is_removed()) {
            if (by_owner_) note_owner();
            if (!charge_removed(records_.reads())) return false;
            continue;
        }
        const bool passes = query.types.has(record.type);
        const bool is_told = passes || !is_personal(record.type);
        if (query.view == View::lookalike) {
            if (first.empty() && is_told) first.assign(record.owner);
            if (!first.empty() && !equal(record.owner, first.octets())) return true;
        }
        if (by_owner_) note_owner();
        if (!charge_record(records_.reads(), is_told)) return false;
        if (passes && !visit(record)) return false;
    } while (records_.step());
    records_ended_ = true;
    return true;
}

void RecordWalk::note_owner() noexcept {
    const Octets owner = records_.record().owner;
    const std::size_t shared = common_prefix(owner, owner_.octets());
    if (shared == owner.size() && shared == owner_.size()) return;
    owner_.assign(owner);
    owner_shared_ = std::max(shared, base_octets());
    records_before_owner_ = budget_.records();
    any_before_owner_ = budget_.any();
}

ResumePoint RecordWalk::resume_point() const noexcept {
    ResumePoint point;
    if (!is_pivot(*query_)) {
        point.append(records_.place().subspan(base_octets()));
        return point;
    }
    bool fits = point.append({&range_, 1});
    if (pivot_records_ == 0) {
        fits = fits && point.append(pivots_.place().subspan(range_octets_));
    } else {
        const std::size_t rdata = pivots_.pivot().owner.size() + type_octets;
        const Octets record = records_.place();
        fits = fits && point.append(pivots_.key().subspan(range_octets_)) &&
               point.append(record.subspan(std::min(rdata, record.size())));
    }
    return fits ? point : ResumePoint();
}

RecordWalk::PlaceKey RecordWalk::place_key() const noexcept {
    if (!is_pivot(*query_)) return PlaceKey(records_.key().subspan(base_octets()));
    PlaceKey key = pivot_place_key();
    key.append(records_.key().subspan(pivots_.pivot().owner.size() + type_octets));
    return key;
}

RecordWalk::PlaceKey RecordWalk::stop_key() const noexcept {
    const bool at_pivot = is_pivot(*query_) && pivot_records_ == 0;
    return at_pivot ? pivot_place_key() : place_key();
}

RecordWalk::PlaceKey RecordWalk::pivot_place_key() const noexcept {
    PlaceKey key(Octets(&range_, 1));
    key.append(pivots_.key().subspan(range_octets_));
    return key;
}

}  // namespace dnshist
