// Which times of a feed are believed. A time in the future is a mistake of its sensor, and one such
// record would be the newest of the store for years. A sensor's clock may be a little ahead.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/text/time.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

class TimeLimit {
  public:
    static constexpr std::uint32_t usual_ahead = 86400;

    TimeLimit() noexcept = default;
    // `ahead`: how many seconds after the clock a time may be.
    explicit TimeLimit(std::uint32_t ahead) noexcept : ahead_(ahead) {}
    // As it was when the clock stood at `clock`.
    TimeLimit(std::uint32_t ahead, Seconds clock) noexcept : ahead_(ahead), clock_(clock) {}

    std::uint32_t ahead() const noexcept { return ahead_; }

    // Why nothing can have been seen during this period; nothing where it can. Second 0 stands for
    // "no time" in feeds. Reads the clock only where the last reading would refuse.
    std::optional<Reject> check(Period seen);
    // The same, but the clock stands still once it has refused a time: at refused_at(). A limit
    // with that clock then says the same of all that was checked.
    std::optional<Reject> check_repeatably(Period seen);
    std::optional<Seconds> refused_at() const noexcept { return refused_at_; }

  private:
    std::uint32_t ahead_ = usual_ahead;
    std::optional<Seconds> clock_;  // or the machine's
    Seconds latest_{};
    Seconds judged_at_{};  // the clock of the last refusal
    std::optional<Seconds> refused_at_;
};

}  // namespace dnshist::zonegen
