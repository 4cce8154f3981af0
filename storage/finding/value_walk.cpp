// The part of RecordWalk that goes through pivots: from values to the records that hold them.
#include <algorithm>
#include <array>

#include "storage/finding/record_walk.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "storage/record/personal_type.hpp"

namespace dnshist {

namespace {

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

}  // namespace

// A resume point among values is the index of the range, then a pivot key or its beginning, and
// after a whole key the beginning of the RDATA of one of the records that the pivot leads to.
void RecordWalk::walk_values(const Query& query) {
    searches_ = begin_search(query, Space::pivots);
    const auto ranges = query.values.all();
    const Octets from = from_;
    const std::size_t first = from.empty() ? 0 : from[0];
    for (std::size_t index = first; index < ranges.size(); ++index) {
        range_ = static_cast<std::uint8_t>(index);
        const bool resumes = index == first && !from.empty();
        const Octets begin = resumes ? from.subspan(1) : Octets{};
        range_octets_ = ranges[index].prefix().size();
        if (!walk_range(query, ranges[index], begin)) return;
    }
}

// Each value of a name in turn. A resume point is the index 0 and a whole pivot key or its
// beginning: the values may be others by then.
void RecordWalk::walk_shared(const Query& query) {
    range_ = 0;
    range_octets_ = 0;
    const Octets from = from_.empty() ? from_ : from_.subspan(1);
    Octets before;
    for (const SharedValues::Value& value : shared_values_.values()) {
        const Octets octets = value.octets.octets();
        if (equal(octets, before)) continue;  // of another type
        before = octets;
        const bool resumes = starts_with(from, octets);
        if (!resumes && !from.empty() && compare(octets, from) < 0) continue;
        const Octets begin = resumes ? from.subspan(octets.size()) : Octets{};
        if (!walk_range(query, PivotRange(octets), begin)) return;
    }
}

// Whether `value` is the least of the query's values that the record points at: a record that
// points at several is visited once, at the least of them.
bool RecordWalk::is_first_value(Octets value, const StoredRecord& record) {
    bool here = false;
    bool before = false;
    for_each_pivot_value(record.type, record.rdata, [&](const PivotValue& other) {
        const bool is_asked_for = query_->scope == Scope::shared
                                      ? shared_values_.contain(other.octets())
                                      : query_->values.contain(other.octets());
        if (!is_asked_for) return;
        const int order = compare(other.octets(), value);
        here = here || order == 0;
        before = before || (order < 0 && wants(other.octets()));
    });
    return here && !before;
}

bool RecordWalk::seek_range(const PivotRange& range, Octets from) {
    pivots_.seek_prefix(range.prefix());
    if (range.first().size() > range.prefix().size()) pivots_.skip_to(range.first());
    if (compare(from, range.first()) > 0) pivots_.skip_to(from);
    return pivots_.step() && !range.is_past(pivots_.pivot().value);
}

bool RecordWalk::points_at(const PivotRanges& values, bool personal) {
    return std::ranges::any_of(values.all(), [&](const PivotRange& range) {
        if (!seek_range(range)) return false;
        return skip_hidden(personal, [&] { return range.is_past(pivots_.pivot().value); });
    });
}

bool RecordWalk::has_records(const NameKey& name) {
    records_.seek_subtree(name);
    for (unsigned skips = 0; records_.step(); ++skips) {
        const StoredRecord& record = records_.record();
        if (skips == max_skips) return true;
        if (records_.is_removed()) continue;
        if (!is_personal(record.type)) return true;
        StartKey next(record.owner);
        std::array<std::uint8_t, type_octets> type;
        put_type(type.data(), next_type(record.type));
        next.append(type);
        records_.skip_to(next.octets());
    }
    return false;
}

bool RecordWalk::has_pivots(const NameKey& name) {
    OctetBuffer<max_pivot_octets> value;
    value.append('n');
    value.append(name.subtree());
    pivots_.seek_prefix(value.octets());
    return pivots_.step() && skip_hidden(false, [] { return false; });
}

// Whether there is a pivot at or behind the current one that was not removed and, without
// `personal`, is not of a personal type. What one value has of such a type is passed over at once.
bool RecordWalk::skip_hidden(bool personal, FunctionRef<bool()> is_past) {
    for (unsigned skips = 0; skips < max_skips; ++skips) {
        if (!pivots_.is_removed()) {
            if (personal || !is_personal(pivots_.pivot().type)) return true;
            PivotKey key(pivots_.pivot().value);
            std::array<std::uint8_t, type_octets> type;
            put_type(type.data(), next_type(pivots_.pivot().type));
            key.append(type);
            pivots_.skip_to(key.octets());
        }
        if (!pivots_.step() || is_past()) return false;
    }
    return true;
}

// The records that point at a value of the range, from the resume point's octets on.
bool RecordWalk::walk_range(const Query& query, const PivotRange& range, Octets from) {
    const auto start = start_key(range.prefix(), from);
    const Octets key =
        start.octets().first(pivot_key_length(start.octets()).value_or(start.octets().size()));
    Octets rdata = start.octets().subspan(key.size());
    pivot_records_ = 0;
    for (bool any = seek_range(range, key); any;
         any = pivots_.step() && !range.is_past(pivots_.pivot().value)) {
        if (pivots_.is_removed()) {
            if (!charge_removed(pivots_.reads())) return false;
            continue;
        }
        const Rrtype type = pivots_.pivot().type;
        const bool passes = query.types.has(type);
        const WorkBudget::Kind kind = kind_of(pivots_.pivot().value);
        if (!charge_record(pivots_.reads(), passes || !is_personal(type), kind)) return false;
        if (kind == WorkBudget::Kind::passed) {
            if (!skip_values(range)) break;
        } else if (passes) {
            if (!equal(pivots_.key(), key)) rdata = {};
            if (wants(pivots_.pivot().value) && !visit_pivot(rdata)) {
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
bool RecordWalk::visit_pivot(Octets from) {
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
    for (; records_.step(); ++pivot_records_) {
        if (records_.is_removed()) {
            if (!charge_removed(records_.reads())) return false;
            continue;
        }
        if (!charge_record(records_.reads())) return false;
        if (is_first_value(pivot.value, records_.record()) && !visit(records_.record())) {
            budget_.add_reads(records_.reads());
            return false;
        }
    }
    budget_.add_reads(records_.reads());
    return true;
}

}  // namespace dnshist
