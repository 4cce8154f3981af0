#include "responder/walk.hpp"

#include <algorithm>
#include <array>

#include "storage/pivot.hpp"
#include "storage/pivot_key.hpp"

namespace dnshist {

namespace {

// A key to go on from: `base`, and the place behind it.
class StartKey {
  public:
    StartKey(Octets base, Octets place) noexcept : size_(base.size() + place.size()) {
        std::ranges::copy(place, std::ranges::copy(base, octets_.begin()).out);
    }
    Octets view() const noexcept { return {octets_.data(), size_}; }

  private:
    std::array<std::uint8_t, 2 * max_pivot_octets> octets_;
    std::size_t size_;
};

// For a type whose RDATA is one address or one name: the RDATA that points at the value.
class SoleRdata {
  public:
    SoleRdata(Rrtype type, Octets value) noexcept {
        switch (type) {
            case Rrtype::A:
            case Rrtype::AAAA:
                size_ = value.size() - 1;
                std::ranges::copy(value.subspan(1), octets_.begin());
                break;
            case Rrtype::NS:
            case Rrtype::CNAME:
            case Rrtype::DNAME:
            case Rrtype::PTR:
                if (const auto name = Name::from_key(value.subspan(1))) {
                    size_ = name->wire().size();
                    std::ranges::copy(name->wire(), octets_.begin());
                }
                break;
            default:
                break;
        }
    }
    bool empty() const noexcept { return size_ == 0; }
    Octets view() const noexcept { return {octets_.data(), size_}; }

  private:
    std::array<std::uint8_t, max_name_octets> octets_;
    std::size_t size_ = 0;
};

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

WalkEnd Walk::meet(const Query& query) {
    by_owner_ = query.view == View::names;
    switch (query.reach) {
        case Reach::name:
            walk_owner(query);
            break;
        case Reach::subtree:
        case Reach::below:
        case Reach::children:
            walk_names(query);
            break;
        case Reach::values:
            walk_values(query);
            break;
    }
    return ended();
}

WalkEnd Walk::meet(const Name& owner, std::optional<Rrtype> type) {
    by_owner_ = false;
    records_.seek_owner(owner.key().octets(), type);
    meet_found();
    return ended();
}

WalkEnd Walk::ended() noexcept {
    end_.records = work_.records();
    end_.stopped = work_.stopped();
    return end_;
}

// Meets what the cursor has sought. False where the visitor has enough, or the work is too much.
bool Walk::meet_found() {
    while (records_.next()) {
        if (!work_.take(records_.reads())) return false;
        if (!visit_(context_, records_.record(), static_cast<std::uint32_t>(work_.records()))) {
            return false;
        }
    }
    work_.add_reads(records_.reads());
    return true;
}

// The records of one name, type by type where types are asked for.
void Walk::walk_owner(const Query& query) {
    const NameKey owner = query.subject.key();
    const StartKey start(owner.octets(), query.from.octets());
    const auto goes_on = [&] {
        if (!query.from.empty()) records_.skip_to(start.view());
        if (meet_found()) return true;
        if (work_.stopped()) {
            end_.last_ordinal = static_cast<std::uint32_t>(work_.records());
            end_.place.append(records_.place().subspan(owner.octets().size()));
        }
        return false;
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

// The names at or below the subject, those below, or those with one label more, past what is below
// them.
void Walk::walk_names(const Query& query) {
    const NameKey subject = query.subject.key();
    const std::size_t base = subject.subtree().size();
    records_.seek_subtree(subject);
    if (query.reach != Reach::subtree) records_.skip_to(after_owner(subject.octets()).view());
    if (!query.from.empty()) {
        records_.skip_to(StartKey(subject.subtree(), query.from.octets()).view());
    }
    owner_.size = 0;
    before_owner_ = 0;
    while (records_.next()) {
        const StoredRecord& record = records_.record();
        if (by_owner_) note_owner();
        if (!work_.take(records_.reads())) {
            end_.last_ordinal = static_cast<std::uint32_t>(work_.records());
            if (by_owner_) return end_at_owner(base);
            end_.place.append(records_.place().subspan(base));
            return;
        }
        if (query.reach == Reach::children) {
            const std::size_t child = base + 1 + record.owner[base];
            if (record.owner[child] != 0) {
                records_.skip_to(after_subtree(record.owner.first(child + 1)).view());
                continue;
            }
        }
        if (!query.types.has(record.type)) continue;
        if (!visit_(context_, record, static_cast<std::uint32_t>(work_.records()))) return;
    }
}

void Walk::note_owner() noexcept {
    const Octets owner = records_.record().owner;
    if (equal(owner, owner_.view())) return;
    std::ranges::copy(owner, owner_.octets.begin());
    owner_.size = owner.size();
    before_owner_ = work_.records();
}

// The owner whose records could not all be met is left for the next walk; where it is the first of
// this one, it is too much for any.
void Walk::end_at_owner(std::size_t base) noexcept {
    if (before_owner_ > 0) {
        end_.last_ordinal = static_cast<std::uint32_t>(before_owner_);
        end_.place.append(owner_.view().subspan(base));
    } else {
        end_.incomplete = true;
        end_.place.append(after_owner(owner_.view()).view().subspan(base));
    }
}

// A place among values is the number of the range, the key of a pivot or its beginning, and behind
// a whole key the beginning of the RDATA of the records that it leads to.
void Walk::walk_values(const Query& query) {
    const auto ranges = query.values.all();
    const Octets from = query.from.octets();
    const std::size_t first = from.empty() ? 0 : from[0];
    for (std::size_t index = first; index < ranges.size(); ++index) {
        const bool begins_here = index == first && !from.empty();
        const Octets begin = begins_here ? from.subspan(1) : Octets{};
        if (walk_range(query, ranges[index], begin)) continue;
        if (work_.stopped()) end_at_pivot(static_cast<std::uint8_t>(index), ranges[index]);
        return;
    }
}

void Walk::end_at_pivot(std::uint8_t index, const ValueRange& range) noexcept {
    end_.last_ordinal = static_cast<std::uint32_t>(work_.records());
    Place& place = end_.place;
    const std::size_t base = range.prefix().size();
    bool fits = place.append({&index, 1});
    if (pivot_records_ == 0) {
        fits = fits && place.append(pivots_.place().subspan(base));
    } else {
        const std::size_t rdata = pivots_.pivot().owner.size() + type_octets;
        const Octets record = records_.place();
        fits = fits && place.append(pivots_.key().subspan(base)) &&
               place.append(record.subspan(std::min(rdata, record.size())));
    }
    if (!fits) place = {};
}

bool Walk::seek_range(const ValueRange& range, Octets from) {
    pivots_.seek_prefix(range.prefix());
    if (range.first().size() > range.prefix().size()) pivots_.skip_to(range.first());
    if (compare(from, range.first()) > 0) pivots_.skip_to(from);
    return pivots_.next() && !range.is_past(pivots_.pivot().value);
}

bool Walk::points_at(const ValueRanges& values) {
    return std::ranges::any_of(values.all(),
                               [this](const ValueRange& range) { return seek_range(range); });
}

// The records that point at a value of the range. One that points at several is met at the least of
// them.
bool Walk::walk_range(const Query& query, const ValueRange& range, Octets from) {
    const StartKey start(range.prefix(), from);
    const std::size_t begins = pivot_key_length(start.view()).value_or(start.view().size());
    Octets rdata = start.view().subspan(begins);
    pivot_records_ = 0;
    for (bool any = seek_range(range, start.view().first(begins)); any;
         any = pivots_.next() && !range.is_past(pivots_.pivot().value)) {
        if (!work_.take(pivots_.reads())) return false;
        if (query.types.has(pivots_.pivot().type)) {
            if (!equal(pivots_.key(), start.view().first(begins))) rdata = {};
            if (!meet_pivot(query, rdata)) return false;
        }
        rdata = {};
        pivot_records_ = 0;
    }
    work_.add_reads(pivots_.reads());
    return true;
}

// The records of one owner and type that point at the pivot's value, from a place in their RDATA
// on.
bool Walk::meet_pivot(const Query& query, Octets from) {
    const StoredPivot& pivot = pivots_.pivot();
    const SoleRdata rdata(pivot.type, pivot.value);
    if (rdata.empty()) {
        records_.seek_owner(pivot.owner, pivot.type);
        if (!from.empty()) {
            RecordKey key;
            make_record_key(pivot.owner, pivot.type, from, key);
            records_.skip_to(key.view());
        }
    } else {
        records_.seek_record(pivot.owner, pivot.type, rdata.view());
    }
    while (records_.next()) {
        if (!work_.take(records_.reads())) return false;
        ++pivot_records_;
        if (!is_met_at(pivot.value, query, records_.record())) continue;
        if (!visit_(context_, records_.record(), static_cast<std::uint32_t>(work_.records()))) {
            return false;
        }
    }
    work_.add_reads(records_.reads());
    return true;
}

}  // namespace dnshist
