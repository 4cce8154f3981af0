#include "storage/record/visibility.hpp"

#include <algorithm>

namespace dnshist {

bool Visibility::during(Period period) const noexcept {
    const auto all = runs();
    // Only the first run that ends at or after the period's begin can overlap it.
    const auto run = std::lower_bound(all.begin(), all.end(), period.begin,
                                      [](Period r, Seconds begin) { return r.end < begin; });
    return run != all.end() && run->begin <= period.end;
}

void Visibility::add(Period run, std::uint64_t count, std::uint32_t gap) noexcept {
    insert(run, gap);
    count_ = saturating_sum(count_, count);
}

void Visibility::merge(const Visibility& other, std::uint32_t gap) noexcept {
    for (const Period run : other.runs())
        insert(run, gap);
    count_ = saturating_sum(count_, other.count_);
}

void Visibility::merge_max(const Visibility& other, std::uint32_t gap) noexcept {
    for (const Period run : other.runs())
        insert(run, gap);
    count_ = std::max(count_, other.count_);
}

void Visibility::insert(Period run, std::uint32_t gap) noexcept {
    if (empty()) {
        runs_[0] = run;
        run_count_ = 1;
        return;
    }
    // One more than is kept: the pair to join is chosen among all of them.
    std::array<Period, max_runs + 1> merged;
    std::size_t size = 0;
    const auto old = runs();
    std::size_t i = 0;
    while (i < old.size() && !joins(old[i], run, gap)) {
        merged[size++] = old[i++];
    }
    while (i < old.size() && joins(run, old[i], gap)) {
        run = {std::min(run.begin, old[i].begin), std::max(run.end, old[i].end)};
        ++i;
    }
    merged[size++] = run;
    while (i < old.size())
        merged[size++] = old[i++];

    if (size > max_runs) {
        std::size_t nearest = 0;
        for (std::size_t k = 1; k + 1 < size; ++k) {
            const auto gap_after = [&](std::size_t n) {
                return merged[n + 1].begin.since_epoch - merged[n].end.since_epoch;
            };
            if (gap_after(k) < gap_after(nearest)) nearest = k;
        }
        merged[nearest].end = merged[nearest + 1].end;
        std::copy(merged.begin() + static_cast<std::ptrdiff_t>(nearest) + 2,
                  merged.begin() + static_cast<std::ptrdiff_t>(size),
                  merged.begin() + static_cast<std::ptrdiff_t>(nearest) + 1);
        --size;
    }
    std::copy_n(merged.begin(), size, runs_.begin());
    run_count_ = static_cast<std::uint8_t>(size);
}

bool operator==(const Visibility& a, const Visibility& b) noexcept {
    return a.count_ == b.count_ && std::ranges::equal(a.runs(), b.runs());
}

Seconds Sightings::first() const noexcept {
    if (zone.empty()) return sensor.first();
    if (sensor.empty()) return zone.first();
    return std::min(sensor.first(), zone.first());
}

Seconds Sightings::last() const noexcept {
    if (zone.empty()) return sensor.last();
    if (sensor.empty()) return zone.last();
    return std::max(sensor.last(), zone.last());
}

std::uint64_t Sightings::count() const noexcept {
    return saturating_sum(sensor.count(), zone.count());
}

}  // namespace dnshist
