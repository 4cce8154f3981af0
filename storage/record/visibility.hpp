// When a record was seen: first, last, how often, and the runs in between.
//
// A run is an interval in which the record was seen without a gap longer than `gap`. An interval
// that is added extends a run that it overlaps or comes within `gap` of, joins two runs, or starts
// a new one. The runs are the connected components of all intervals, so the order of adding does
// not matter, except past max_runs: then the two runs with the smallest gap between them become
// one. first is always the first run's start, and last the last run's end.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "storage/text/time.hpp"

namespace dnshist {

// Counts saturate at 2^64-1.
constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) noexcept {
    const std::uint64_t sum = a + b;
    return sum < a ? ~std::uint64_t{0} : sum;
}

inline constexpr std::size_t max_runs = 32;
inline constexpr std::uint32_t default_gap = 30 * 86400;  // seconds

// Whether `later` begins no more than `gap` after `earlier` ends.
constexpr bool joins(Period earlier, Period later, std::uint32_t gap) noexcept {
    return later.begin <= earlier.end || later.begin.since_epoch - earlier.end.since_epoch <= gap;
}

class Visibility {
  public:
    Visibility() noexcept = default;
    Visibility(Period run, std::uint64_t count) noexcept : count_(count), run_count_(1) {
        runs_[0] = run;
    }

    // Never seen: no run and no count.
    bool empty() const noexcept { return run_count_ == 0; }
    // Only where not empty().
    Seconds first() const noexcept { return runs_[0].begin; }
    Seconds last() const noexcept { return runs_[run_count_ - 1U].end; }
    std::uint64_t count() const noexcept { return count_; }
    // Oldest first, more than the gap apart.
    std::span<const Period> runs() const noexcept { return {runs_.data(), run_count_}; }

    // Whether one of the runs has a second in common with `period`.
    bool during(Period period) const noexcept;

    // Seen during `run`, `count` times; the count saturates at 2^64-1. run.begin <= run.end.
    void add(Period run, std::uint64_t count, std::uint32_t gap) noexcept;
    void merge(const Visibility& other, std::uint32_t gap) noexcept;
    // As merge, but the count becomes the larger of both: for feeds that report totals again.
    void merge_max(const Visibility& other, std::uint32_t gap) noexcept;

    friend bool operator==(const Visibility& a, const Visibility& b) noexcept;

  private:
    void insert(Period run, std::uint32_t gap) noexcept;

    std::uint64_t count_ = 0;
    std::array<Period, max_runs> runs_;
    std::uint8_t run_count_ = 0;
};

// When a record was seen by each kind of witness. COF distinguishes observations by sensors
// (time_first, time_last) from zone files (zone_time_*); a record may have either or both, each
// with its count.
struct Sightings {
    Visibility sensor;
    Visibility zone;

    bool empty() const noexcept { return sensor.empty() && zone.empty(); }
    // Both together, as a query sees them: the earlier first, the later last, the counts added.
    Seconds first() const noexcept;
    Seconds last() const noexcept;
    std::uint64_t count() const noexcept;
    bool during(Period period) const noexcept {
        return sensor.during(period) || zone.during(period);
    }

    friend bool operator==(const Sightings&, const Sightings&) = default;
};

}  // namespace dnshist
