#include "zonegen/feed/time_limit.hpp"

#include <algorithm>

namespace dnshist::zonegen {

std::optional<Reject> TimeLimit::check(Period seen) {
    if (seen.begin.since_epoch == 0) return refusal(Reason::bad_time, "0 stands for no time");
    if (seen.end <= latest_) return std::nullopt;
    const Seconds now = clock_ ? *clock_ : now_utc();
    latest_ = {now.since_epoch + std::min(ahead_, end_of_time.since_epoch - now.since_epoch)};
    if (seen.end <= latest_) return std::nullopt;
    judged_at_ = now;
    return refusal(Reason::in_future, time_text(seen.end));
}

std::optional<Reject> TimeLimit::check_repeatably(Period seen) {
    if (refused_at_) clock_ = refused_at_;
    auto reject = check(seen);
    if (reject && reject->reason == Reason::in_future && !refused_at_) refused_at_ = judged_at_;
    return reject;
}

}  // namespace dnshist::zonegen
