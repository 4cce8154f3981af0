#include "storage/finding/interval_totals.hpp"

#include <algorithm>
#include <chrono>

namespace dnshist {

namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr int first_year = 1970;
constexpr std::uint32_t seconds_per_day = 86400;

// The number of the month or the year since 1970.
std::uint16_t index_of(Interval interval, Seconds time) noexcept {
    const year_month_day date{sys_days(days(time.since_epoch / seconds_per_day))};
    const auto years = static_cast<unsigned>(static_cast<int>(date.year()) - first_year);
    if (interval == Interval::year) return static_cast<std::uint16_t>(years);
    return static_cast<std::uint16_t>(12 * years + static_cast<unsigned>(date.month()) - 1);
}

Seconds begin_of(Interval interval, unsigned index) noexcept {
    const auto first = year(first_year) / std::chrono::January;
    const auto month = first + months(interval == Interval::year ? 12 * index : index);
    const std::int64_t day = sys_days(month / 1).time_since_epoch().count();
    const std::int64_t second = day * seconds_per_day;
    return Seconds{
        static_cast<std::uint32_t>(std::min<std::int64_t>(second, end_of_time.since_epoch))};
}

Period whole(Interval interval, unsigned index) noexcept {
    const Seconds next = begin_of(interval, index + 1);
    return {begin_of(interval, index), next == end_of_time ? next : Seconds{next.since_epoch - 1}};
}

}  // namespace

// Two runs in one month count once there.
void IntervalTotals::add(Rrtype type, std::span<const Period> runs, Period window) {
    unsigned next = 0;
    for (const Period run : runs) {
        const Seconds from = std::max(run.begin, window.begin);
        const Seconds to = std::min(run.end, window.end);
        if (from > to) continue;
        const unsigned first = std::max<unsigned>(index_of(interval_, from), next);
        next = index_of(interval_, to) + 1U;
        if (first >= next) continue;
        steps_.push_back({static_cast<std::uint16_t>(first), type, 1});
        steps_.push_back({static_cast<std::uint16_t>(next), type, -1});
    }
}

void IntervalTotals::for_each(FunctionRef<bool(const Total&)> visit) {
    std::ranges::sort(steps_, [](const Step& a, const Step& b) {
        return a.index != b.index ? a.index < b.index : a.type < b.type;
    });
    struct Count {
        Rrtype type;
        std::int64_t values;
    };
    std::vector<Count> counts;  // by type, none of them 0
    auto step = steps_.begin();
    for (unsigned index = steps_.empty() ? 0 : step->index; step != steps_.end(); ++index) {
        for (; step != steps_.end() && step->index == index; ++step) {
            const auto place = std::ranges::lower_bound(counts, step->type, {}, &Count::type);
            if (place == counts.end() || place->type != step->type) {
                counts.insert(place, {step->type, step->change});
            } else {
                place->values += step->change;
            }
        }
        std::erase_if(counts, [](const Count& count) { return count.values == 0; });
        for (const Count& count : counts) {
            const auto values = static_cast<std::uint64_t>(count.values);
            if (!visit({whole(interval_, index), count.type, values})) return;
        }
    }
}

}  // namespace dnshist
