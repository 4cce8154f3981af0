#include "storage/answer/sort_key.hpp"

namespace dnshist {

namespace {

std::uint64_t rank_by_times(Seconds major, Seconds minor) noexcept {
    return std::uint64_t{major.since_epoch} << 32 | minor.since_epoch;
}

// The first eight octets, so that smaller RDATA has the larger rank.
std::uint64_t rank_by_rdata(Octets rdata) noexcept {
    std::uint64_t rank = 0;
    for (std::size_t i = 0; i < sizeof rank; ++i) {
        rank = rank << 8 | (i < rdata.size() ? rdata[i] : 0U);
    }
    return ~rank;
}

}  // namespace

// Times sort newest first, except that events without a sort filter begin with the oldest. Findings
// of equal rank and tie keep the store's order.
SortKey::SortKey(const Query& query, const Finding& finding) noexcept
    : ordinal(finding.ordinal), part(finding.part) {
    const bool is_event = query.view == View::changes;
    switch (query.order.value_or(Order::name)) {
        case Order::last:
            rank = rank_by_times(finding.seen.end, finding.seen.begin);
            tie = is_event && !finding.appeared ? 1 : 0;
            break;
        case Order::first:
            rank = rank_by_times(finding.seen.begin, finding.seen.end);
            tie = is_event && !finding.appeared ? 1 : 0;
            break;
        case Order::count:
            rank = finding.count;
            tie = finding.seen.end.since_epoch;
            break;
        case Order::duration: {
            const Period seen = is_event ? finding.record->seen : finding.seen;
            rank = seen.end.since_epoch - seen.begin.since_epoch;
            if (query.view == View::cohost) rank = finding.count;
            tie = seen.end.since_epoch;
            break;
        }
        case Order::oldest:
            rank = ~rank_by_times(finding.seen.begin, finding.seen.end);
            tie = finding.appeared ? 1 : 0;
            break;
        case Order::data:
            // Records of one name are stored by type, then by RDATA.
            if (query.scope != Scope::name && finding.record != nullptr && !is_event) {
                rank = rank_by_rdata(finding.record->rdata);
            }
            break;
        case Order::name:
            break;
    }
}

}  // namespace dnshist
