#include "storage/answer/record_walk.hpp"

#include <algorithm>
#include <array>

#include "storage/base/octet_buffer.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/pivot/pivot_values.hpp"

namespace dnshist {

namespace {

// A key to go on from: `base`, and the place behind it.
OctetBuffer<2 * max_pivot_octets> start_key(Octets base, Octets place) noexcept {
    OctetBuffer<2 * max_pivot_octets> key(base);
    key.append(place);
    return key;
}

// For a type whose RDATA is one address or one name: the RDATA that points at the value, otherwise
// nothing.
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

// Whether a record is met at this value: it points at it, and at no other of the query's before.
bool is_met_at(Octets value, const Query& query, const StoredRecord& record) {
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

WalkEnd RecordWalk::meet(const Query& query) {
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
    return ended();
}

WalkEnd RecordWalk::meet(const Name& owner, std::optional<Rrtype> type) {
    by_owner_ = false;
    records_.seek_owner(owner.key().octets(), type);
    meet_found();
    return ended();
}

WalkEnd RecordWalk::ended() noexcept {
    spent_ += work_.spent();
    end_.records = work_.records();
    end_.stopped = work_.stopped();
    if (!end_.stopped || query_ == nullptr) return end_;
    end_.last_ordinal = static_cast<std::uint32_t>(work_.records());
    end_.place = place_to_stop();
    if (by_owner_ && before_owner_ > 0) {
        end_.last_ordinal = static_cast<std::uint32_t>(before_owner_);
    } else {
        end_.incomplete = by_owner_;
    }
    return end_;
}

// Whether one more record may be met: within the budget, or where there is no place yet to stop at.
bool RecordWalk::may_meet(std::uint64_t reads_since_seek) noexcept {
    if (work_.take(reads_since_seek)) return true;
    if (query_ == nullptr || overdraft_ == 0 || !place_to_stop().empty()) return false;
    --overdraft_;
    work_.overdraw();
    return true;
}

// The owner whose records could not all be met is left for the next walk; where it is the first of
// this one, it is too much for any, and the place is behind it.
ResumePoint RecordWalk::place_to_stop() const noexcept {
    if (!by_owner_) return here();
    ResumePoint place;
    if (before_owner_ > 0) {
        const std::size_t enough = std::min(owner_.size(), owner_shared_ + 1);
        place.append(owner_.octets().first(enough).subspan(base_octets()));
    } else {
        place.append(after_owner(owner_.octets()).octets().subspan(base_octets()));
    }
    return place;
}

// What all keys of the walk begin with, where it is one of names.
std::size_t RecordWalk::base_octets() const noexcept {
    // Of one owner, with the zero that closes its name.
    return query_->subject.wire().size() - (query_->scope == Scope::name ? 0 : 1);
}

// Meets what the cursor has sought. False where the visitor has enough, or the work is too much.
bool RecordWalk::meet_found() {
    while (records_.next()) {
        if (!may_meet(records_.reads())) return false;
        if (!visit_(records_.record(), static_cast<std::uint32_t>(work_.records()))) {
            work_.add_reads(records_.reads());
            return false;
        }
    }
    work_.add_reads(records_.reads());
    return true;
}

// The records of one name, type by type where types are asked for.
void RecordWalk::walk_owner(const Query& query) {
    const NameKey owner = query.subject.key();
    const auto goes_on = [&] {
        if (!query.from.empty()) {
            records_.skip_to(start_key(owner.octets(), query.from.octets()).octets());
        }
        return meet_found();
    };
    if (query.types.every()) {
        records_.seek_owner(owner.octets());
        goes_on();
        return;
    }
    for (const Rrtype type : query.types.types()) {
        std::array<std::uint8_t, type_octets> octets;
        put_type(octets.data(), type);
        const bool before =
            compare(octets, query.from.octets()) < 0 && !starts_with(query.from.octets(), octets);
        if (before) continue;
        records_.seek_owner(owner.octets(), type);
        if (!goes_on()) return;
    }
}

void RecordWalk::prefetch(const Query& query, Prefetch& seek) {
    if (query.view == View::at || query.scope != Scope::name || !query.from.empty()) return;
    std::optional<Rrtype> first;
    if (!query.types.every()) first = query.types.types().front();
    records_.prefetch(query.subject.key(), first, seek);
}

// The names at or below the subject, those below, or those with one label more, past what is below
// them.
void RecordWalk::walk_names(const Query& query) {
    const NameKey subject = query.subject.key();
    const std::size_t base = subject.subtree().size();
    records_.seek_subtree(subject);
    if (query.scope != Scope::subtree) records_.skip_to(after_owner(subject.octets()).octets());
    if (!query.from.empty()) {
        records_.skip_to(start_key(subject.subtree(), query.from.octets()).octets());
    }
    owner_.clear();
    before_owner_ = 0;
    while (records_.next()) {
        const StoredRecord& record = records_.record();
        if (by_owner_) note_owner();
        if (!may_meet(records_.reads())) return;
        if (query.scope == Scope::children) {
            const std::size_t child = base + 1 + record.owner[base];
            if (record.owner[child] != 0) {
                records_.skip_to(after_subtree(record.owner.first(child + 1)).octets());
                continue;
            }
        }
        if (!query.types.has(record.type)) continue;
        if (!visit_(record, static_cast<std::uint32_t>(work_.records()))) break;
    }
    work_.add_reads(records_.reads());
}

void RecordWalk::note_owner() noexcept {
    const Octets owner = records_.record().owner;
    const std::size_t shared = common_prefix(owner, owner_.octets());
    if (shared == owner.size() && shared == owner_.size()) return;
    owner_.assign(owner);
    owner_shared_ = std::max(shared, base_octets());
    before_owner_ = work_.records();
}

// A place among values is the number of the range, the key of a pivot or its beginning, and behind
// a whole key the beginning of the RDATA of the records that it leads to.
void RecordWalk::walk_values(const Query& query) {
    const auto ranges = query.values.all();
    const Octets from = query.from.octets();
    const std::size_t first = from.empty() ? 0 : from[0];
    for (std::size_t index = first; index < ranges.size(); ++index) {
        range_ = static_cast<std::uint8_t>(index);
        const bool begins_here = index == first && !from.empty();
        const Octets begin = begins_here ? from.subspan(1) : Octets{};
        if (!walk_range(query, ranges[index], begin)) return;
    }
}

ResumePoint RecordWalk::here() const noexcept {
    ResumePoint place;
    if (query_->scope != Scope::values) {
        place.append(records_.place().subspan(base_octets()));
        return place;
    }
    const std::size_t base = query_->values.all()[range_].prefix().size();
    bool fits = place.append({&range_, 1});
    if (pivot_records_ == 0) {
        fits = fits && place.append(pivots_.place().subspan(base));
    } else {
        const std::size_t rdata = pivots_.pivot().owner.size() + type_octets;
        const Octets record = records_.place();
        fits = fits && place.append(pivots_.key().subspan(base)) &&
               place.append(record.subspan(std::min(rdata, record.size())));
    }
    return fits ? place : ResumePoint();
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

// The records that point at a value of the range. One that points at several is met at the least of
// them.
bool RecordWalk::walk_range(const Query& query, const PivotRange& range, Octets from) {
    const auto start = start_key(range.prefix(), from);
    const std::size_t begins = pivot_key_length(start.octets()).value_or(start.octets().size());
    Octets rdata = start.octets().subspan(begins);
    pivot_records_ = 0;
    for (bool any = seek_range(range, start.octets().first(begins)); any;
         any = pivots_.next() && !range.is_past(pivots_.pivot().value)) {
        if (!may_meet(pivots_.reads())) return false;
        if (query.types.has(pivots_.pivot().type)) {
            if (!equal(pivots_.key(), start.octets().first(begins))) rdata = {};
            if (!meet_pivot(query, rdata)) {
                work_.add_reads(pivots_.reads());
                return false;
            }
        }
        rdata = {};
        pivot_records_ = 0;
    }
    work_.add_reads(pivots_.reads());
    return true;
}

// The records of one owner and type that point at the pivot's value, from a place in their RDATA
// on.
bool RecordWalk::meet_pivot(const Query& query, Octets from) {
    const StoredPivot& pivot = pivots_.pivot();
    const auto rdata = sole_rdata(pivot.type, pivot.value);
    if (rdata.empty()) {
        records_.seek_owner(pivot.owner, pivot.type);
        if (!from.empty()) {
            RecordKey key;
            make_record_key(pivot.owner, pivot.type, from, key);
            records_.skip_to(key.octets());
        }
    } else {
        records_.seek_record(pivot.owner, pivot.type, rdata.octets());
    }
    while (records_.next()) {
        if (!may_meet(records_.reads())) return false;
        ++pivot_records_;
        if (!is_met_at(pivot.value, query, records_.record())) continue;
        if (!visit_(records_.record(), static_cast<std::uint32_t>(work_.records()))) {
            work_.add_reads(records_.reads());
            return false;
        }
    }
    work_.add_reads(records_.reads());
    return true;
}

}  // namespace dnshist
