// How many records of each type were visible in each month, or each year.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "storage/base/function_ref.hpp"
#include "storage/query/query.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

class IntervalTotals {
  public:
    void begin(Interval interval) noexcept {
        interval_ = interval;
        steps_.clear();
    }
    // A record by its runs, the oldest first. What lies outside of the window is not counted.
    void add(Rrtype type, std::span<const Period> runs, Period window);

    struct Total {
        Period when;  // the whole month or year
        Rrtype type;
        std::uint64_t values;
    };
    // Calls visit(const Total&), which returns whether to continue, for each month and type with a
    // record, the oldest first.
    void for_each(FunctionRef<bool(const Total&)> visit);

  private:
    // From this month on there are more or fewer of the type.
    struct Step {
        std::uint16_t index;
        Rrtype type;
        std::int32_t change;
    };

    Interval interval_ = Interval::month;
    std::vector<Step> steps_;
};

}  // namespace dnshist
