#include "storage/answer/record_walk.hpp"

#include <algorithm>
#include <array>

#include "storage/base/octet_buffer.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/pivot/pivot_values.hpp"

namespace dnshist {

namespace {

// A key to resume from: the octets that all keys of the query begin with, and the resume point's.
using StartKey = OctetBuffer<max_pivot_key + max_record_key>;
StartKey start_key(Octets base, Octets point) noexcept {
    StartKey key(base);
    key.append(point);
    return key;
}

// The RDATA that points at a pivot value, for types whose RDATA is one address or one name; empty
// for others.
OctetBuffer<max_name_octets> sole_rdata(Rrtype type, Octets value) noexcept {
    OctetBuffer<max_name_octets> rdata;
    switch (type) {
        case Rrtype::A:
        case Rrtype::AAAA:
            rdata.assign(value.subspan(1));
            break;
        case Rrtype::NS:
        case Rrtype::CNAME:
        case Rrtype::DNAME:
        case Rrtype::PTR:
            if (const auto name = Name::from_key(value.subspan(1))) rdata.assign(name->wire());
            break;
        default:
            break;
    }
    return rdata;
}

// Whether `value` is the least of the query's values that the record points at: a record that
// points at several is visited once, at the least of them.
bool is_first_value(Octets value, const Query& query, const StoredRecord& record) {
    bool here = false;
    bool before = false;
    for_each_pivot_value(record.type, record.rdata, [&](const PivotValue& other) {
        if (!query.values.contain(other.octets())) return;
        const int order = compare(other.octets(), value);
        here = here || order == 0;
        before = before || order < 0;
    });
    return here && !before;
}

}  // namespace

WalkEnd RecordWalk::walk(const Query& query) {
    by_owner_ = query.view == View::names;
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
    }
    return end();
}

WalkEnd RecordWalk::walk(const Name& owner, std::optional<Rrtype> type) {
    by_owner_ = false;
    records_.seek_owner(owner.key().octets(), type);
    visit_sought();
    return end();
}

WalkEnd RecordWalk::end() noexcept {
    spent_ += budget_.spent();
    end_.records = budget_.records();
    end_.stopped = budget_.exhausted();
    if (!end_.stopped || query_ == nullptr) return end_;
    end_.last_ordinal = static_cast<std::uint32_t>(budget_.records());
    end_.resume_point = point_to_stop();
    if (by_owner_ && records_before_owner_ > 0) {
        end_.last_ordinal = static_cast<std::uint32_t>(records_before_owner_);
    } else {
        end_.incomplete = by_owner_;
    }
    return end_;
}

// Whether one more record may be visited: within the budget, or because there is no resume point to
// stop at yet.
bool RecordWalk::charge_record(std::uint64_t reads_since_seek) noexcept {
    if (budget_.charge_record(reads_since_seek)) return true;
    if (query_ == nullptr || overdraft_ == 0 || !point_to_stop().empty()) return false;
    --overdraft_;
    budget_.overdraw();
    return true;
}

// For `names`, an owner whose records were not all visited is left for the next walk. The first
// owner of a walk would exceed the next budget too, so the resume point is after it.
ResumePoint RecordWalk::point_to_stop() const noexcept {
    if (!by_owner_) return resume_point();
    ResumePoint point;
    if (records_before_owner_ > 0) {
        const std::size_t enough = std::min(owner_.size(), owner_shared_ + 1);
        point.append(owner_.octets().first(enough).subspan(base_octets()));
    } else {
        point.append(after_owner(owner_.octets()).octets().subspan(base_octets()));
    }
    return point;
}

// How many octets all record keys of the walk begin with: the name's, and for a single owner the
// zero that closes it.
std::size_t RecordWalk::base_octets() const noexcept {
    return query_->subject.wire().size() - (query_->scope == Scope::name ? 0 : 1);
}

// Visits the records that the cursor has sought. False where the visitor or the budget ends the
// walk.
bool RecordWalk::visit_sought() {
    while (records_.next()) {
        if (!charge_record(records_.reads())) return false;
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
        return visit_sought();
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
    while (records_.next()) {
        const StoredRecord& record = records_.record();
        if (by_owner_) note_owner();
        if (!charge_record(records_.reads())) return;
        if (query.scope == Scope::children) {
            const std::size_t child = base + 1 + record.owner[base];
            if (record.owner[child] != 0) {
                records_.skip_to(after_subtree(record.owner.first(child + 1)).octets());
                continue;
            }
        }
        if (!query.types.has(record.type)) continue;
        if (!visit(record)) break;
    }
    budget_.add_reads(records_.reads());
}

void RecordWalk::note_owner() noexcept {
    const Octets owner = records_.record().owner;
    const std::size_t shared = common_prefix(owner, owner_.octets());
    if (shared == owner.size() && shared == owner_.size()) return;
    owner_.assign(owner);
    owner_shared_ = std::max(shared, base_octets());
    records_before_owner_ = budget_.records();
}

// A resume point among values is the index of the range, then a pivot key or its beginning, and
// after a whole key the beginning of the RDATA of one of the records that the pivot leads to.
void RecordWalk::walk_values(const Query& query) {
    const auto ranges = query.values.all();
    const Octets from = from_;
    const std::size_t first = from.empty() ? 0 : from[0];
    for (std::size_t index = first; index < ranges.size(); ++index) {
        range_ = static_cast<std::uint8_t>(index);
        const bool resumes = index == first && !from.empty();
        const Octets begin = resumes ? from.subspan(1) : Octets{};
        if (!walk_range(query, ranges[index], begin)) return;
    }
}

ResumePoint RecordWalk::resume_point() const noexcept {
    ResumePoint point;
    if (query_->scope != Scope::values) {
        point.append(records_.place().subspan(base_octets()));
        return point;
    }
    const std::size_t base = query_->values.all()[range_].prefix().size();
    bool fits = point.append({&range_, 1});
    if (pivot_records_ == 0) {
        fits = fits && point.append(pivots_.place().subspan(base));
    } else {
        const std::size_t rdata = pivots_.pivot().owner.size() + type_octets;
        const Octets record = records_.place();
        fits = fits && point.append(pivots_.key().subspan(base)) &&
               point.append(record.subspan(std::min(rdata, record.size())));
    }
    return fits ? point : ResumePoint();
}

RecordWalk::PlaceKey RecordWalk::place_key() const noexcept {
    if (query_->scope != Scope::values) return PlaceKey(records_.key().subspan(base_octets()));
    PlaceKey key = pivot_place_key();
    key.append(records_.key().subspan(pivots_.pivot().owner.size() + type_octets));
    return key;
}

RecordWalk::PlaceKey RecordWalk::stop_key() const noexcept {
    const bool at_pivot = query_->scope == Scope::values && pivot_records_ == 0;
    return at_pivot ? pivot_place_key() : place_key();
}

RecordWalk::PlaceKey RecordWalk::pivot_place_key() const noexcept {
    PlaceKey key(Octets(&range_, 1));
    key.append(pivots_.key().subspan(query_->values.all()[range_].prefix().size()));
    return key;
}

bool RecordWalk::seek_range(const PivotRange& range, Octets from) {
    pivots_.seek_prefix(range.prefix());
    if (range.first().size() > range.prefix().size()) pivots_.skip_to(range.first());
    if (compare(from, range.first()) > 0) pivots_.skip_to(from);
    return pivots_.next() && !range.is_past(pivots_.pivot().value);
}

bool RecordWalk::points_at(const PivotRanges& values) {
    return std::ranges::any_of(values.all(),
                               [this](const PivotRange& range) { return seek_range(range); });
}

// The records that point at a value of the range, from the resume point's octets on.
bool RecordWalk::walk_range(const Query& query, const PivotRange& range, Octets from) {
    const auto start = start_key(range.prefix(), from);
    const Octets key =
        start.octets().first(pivot_key_length(start.octets()).value_or(start.octets().size()));
    Octets rdata = start.octets().subspan(key.size());
    pivot_records_ = 0;
    for (bool any = seek_range(range, key); any;
         any = pivots_.next() && !range.is_past(pivots_.pivot().value)) {
        if (!charge_record(pivots_.reads())) return false;
        if (query.types.has(pivots_.pivot().type)) {
            if (!equal(pivots_.key(), key)) rdata = {};
            if (!visit_pivot(query, rdata)) {
                budget_.add_reads(pivots_.reads());
                return false;
            }
        }
        rdata = {};
        pivot_records_ = 0;
    }
    budget_.add_reads(pivots_.reads());
    return true;
}

// The records of one owner and type that point at the pivot's value, from some RDATA on.
bool RecordWalk::visit_pivot(const Query& query, Octets from) {
    const StoredPivot& pivot = pivots_.pivot();
    const auto rdata = sole_rdata(pivot.type, pivot.value);
    if (!from.empty()) pivot_records_ = 1;
    if (rdata.empty()) {
        records_.seek_owner(pivot.owner, pivot.type);
        if (!from.empty()) {
            StartKey key(pivot.owner);
            std::array<std::uint8_t, type_octets> type;
            put_type(type.data(), pivot.type);
            key.append(type);
            key.append(from);
            records_.skip_to(key.octets());
        }
    } else {
        records_.seek_record(pivot.owner, pivot.type, rdata.octets());
    }
    while (records_.next()) {
        if (!charge_record(records_.reads())) return false;
        if (is_first_value(pivot.value, query, records_.record()) && !visit(records_.record())) {
            budget_.add_reads(records_.reads());
            return false;
        }
        ++pivot_records_;
    }
    budget_.add_reads(records_.reads());
    return true;
}

}  // namespace dnshist
