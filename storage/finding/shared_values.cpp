#include "storage/finding/shared_values.hpp"

#include <tuple>

#include "storage/pivot/pivot_values.hpp"

namespace dnshist {

namespace {

bool less(const SharedValues::Value& a, const SharedValues::Value& b) noexcept {
    const int order = compare(a.octets.octets(), b.octets.octets());
    return order != 0 ? order < 0 : a.type < b.type;
}

bool is_same(const SharedValues::Value& a, const SharedValues::Value& b) noexcept {
    return a.type == b.type && equal(a.octets.octets(), b.octets.octets());
}

// Runs that overlap become one.
void join(std::vector<Period>& runs) {
    std::ranges::sort(runs);
    std::size_t count = 0;
    for (const Period run : runs) {
        if (count > 0 && run.begin <= runs[count - 1].end) {
            runs[count - 1].end = std::max(runs[count - 1].end, run.end);
        } else {
            runs[count++] = run;
        }
    }
    runs.resize(count);
}

// Whether `a` was shared for longer; as long, then whether it began earlier or ended later.
bool is_longer(const SharedValues::Overlap& a, const SharedValues::Overlap& b) noexcept {
    return std::tuple(a.seconds, b.seen.begin, a.seen.end) >
           std::tuple(b.seconds, a.seen.begin, b.seen.end);
}

}  // namespace

void SharedValues::add(Rrtype type, Octets rdata, std::span<const Period> runs) {
    for_each_pivot_value(type, rdata, [&](const PivotValue& value) {
        Value& added = values_.emplace_back();
        added.octets.assign(value.octets());
        added.type = type;
        added.runs.assign(runs.begin(), runs.end());
    });
}

void SharedValues::sort() {
    std::ranges::stable_sort(values_, less);
    std::vector<Value> merged;
    for (Value& value : values_) {
        if (merged.empty() || !is_same(merged.back(), value)) {
            merged.push_back(std::move(value));
        } else {
            merged.back().runs.insert(merged.back().runs.end(), value.runs.begin(),
                                      value.runs.end());
        }
    }
    for (Value& value : merged)
        join(value.runs);
    values_ = std::move(merged);
}

std::vector<SharedValues::Value>::const_iterator SharedValues::find(Octets value) const noexcept {
    const auto place = std::lower_bound(
        values_.begin(), values_.end(), value,
        [](const Value& a, Octets b) { return compare(a.octets.octets(), b) < 0; });
    return place != values_.end() && equal(place->octets.octets(), value) ? place : values_.end();
}

// A record with several of the values shared the longest time that one of them was shared.
std::optional<SharedValues::Overlap> SharedValues::overlap(Rrtype type, Octets rdata,
                                                           std::span<const Period> runs,
                                                           Period window) const {
    std::optional<Overlap> longest;
    for_each_pivot_value(type, rdata, [&](const PivotValue& value) {
        auto place = find(value.octets());
        while (place != values_.end() && place->type != type &&
               equal(place->octets.octets(), value.octets()))
            ++place;
        if (place == values_.end() || place->type != type ||
            !equal(place->octets.octets(), value.octets())) {
            return;
        }
        std::optional<Overlap> shared;
        for (const Period ours : place->runs) {
            for (const Period theirs : runs) {
                const Seconds begin = std::max({ours.begin, theirs.begin, window.begin});
                const Seconds end = std::min({ours.end, theirs.end, window.end});
                if (begin > end) continue;
                if (!shared) shared = Overlap{{begin, end}, 0};
                shared->seen.end = std::max(shared->seen.end, end);
                shared->seen.begin = std::min(shared->seen.begin, begin);
                shared->seconds += end.since_epoch - begin.since_epoch;
            }
        }
        if (shared && (!longest || is_longer(*shared, *longest))) longest = shared;
    });
    return longest;
}

}  // namespace dnshist
