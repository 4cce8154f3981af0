#include "responder/observe/counters.hpp"

#include <algorithm>

namespace dnshist::responder {

void Timing::add(std::chrono::nanoseconds taken) noexcept {
    const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(taken.count(), 0));
    const auto* const bound = std::lower_bound(bounds.begin(), bounds.end(), nanoseconds);
    buckets_[static_cast<std::size_t>(bound - bounds.begin())].add();
    nanoseconds_.add(nanoseconds);
}

void Counters::count(Transport transport, const QueryOutcome& outcome) noexcept {
    const auto rcode = std::min(static_cast<std::size_t>(outcome.rcode), rcodes);
    questions[static_cast<std::size_t>(transport)][static_cast<std::size_t>(outcome.kind)][rcode]
        .add();
    if (outcome.truncated && transport == Transport::udp) truncated.add();
}

}  // namespace dnshist::responder
