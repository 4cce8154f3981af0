#include "responder/walk.hpp"

#include <algorithm>
#include <array>

#include "storage/pivot.hpp"

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

// A place among values begins with the number of the range that it lies in.
void Walk::walk_values(const Query& query) {
    const auto ranges = query.values.all();
    const Octets from = query.from.octets();
    std::uint8_t first = from.empty() ? std::uint8_t{0} : from[0];
    for (std::uint8_t index = first; index < ranges.size(); ++index) {
        const bool begins_here = index == first && !from.empty();
        if (!walk_range(query, index, begins_here ? from.subspan(1) : Octets{})) return;
    }
}

bool Walk::seek_range(const ValueRange& range, Octets from) {
    pivots_.seek_prefix(range.prefix());
    if (range.first().size() > range.prefix().size()) pivots_.skip_to(range.first());
    if (!from.empty()) {
        const StartKey start(range.prefix(), from);
        if (compare(start.view(), range.first()) > 0) pivots_.skip_to(start.view());
    }
    return pivots_.next() && !range.is_past(pivots_.pivot().value);
}

bool Walk::points_at(const ValueRanges& values) {
    return std::ranges::any_of(values.all(),
                               [this](const ValueRange& range) { return seek_range(range); });
}

// The records that point at a value of the range. One that points at several is met at the least of
// them.
bool Walk::walk_range(const Query& query, std::uint8_t index, Octets from) {
    const ValueRange& range = query.values.all()[index];
    for (bool any = seek_range(range, from); any;
         any = pivots_.next() && !range.is_past(pivots_.pivot().value)) {
        const std::uint64_t before = work_.records();
        const bool goes_on = work_.take(pivots_.reads()) && meet_pivot(query, pivots_.pivot());
        if (goes_on) continue;
        if (work_.stopped()) {
            // Only a pivot that is the first of this walk can be too much for any.
            end_.incomplete = before == 0 && work_.records() > 0;
            end_.last_ordinal =
                static_cast<std::uint32_t>(end_.incomplete ? work_.records() : before);
            const Octets key = end_.incomplete ? pivots_.key() : pivots_.place();
            end_.place.append({&index, 1});
            const bool fits = end_.place.append(key.subspan(range.prefix().size()));
            const std::uint8_t behind = 0;
            if (!fits || (end_.incomplete && !end_.place.append({&behind, 1}))) end_.place = {};
        }
        return false;
    }
    work_.add_reads(pivots_.reads());
    return true;
}

bool Walk::meet_pivot(const Query& query, const StoredPivot& pivot) {
    if (!query.types.has(pivot.type)) return true;
    const SoleRdata rdata(pivot.type, pivot.value);
    if (rdata.empty()) {
        records_.seek_owner(pivot.owner, pivot.type);
    } else {
        records_.seek_record(pivot.owner, pivot.type, rdata.view());
    }
    while (records_.next()) {
        if (!work_.take(records_.reads())) return false;
        if (!is_met_at(pivot.value, query, records_.record())) continue;
        if (!visit_(context_, records_.record(), static_cast<std::uint32_t>(work_.records()))) {
            return false;
        }
    }
    work_.add_reads(records_.reads());
    return true;
}

}  // namespace dnshist
