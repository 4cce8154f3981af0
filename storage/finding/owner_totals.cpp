#include "storage/finding/owner_totals.hpp"

#include <algorithm>

#include "storage/record/visibility.hpp"

namespace dnshist {

void OwnerTotals::add(const StoredRecord& record, std::uint32_t ordinal) {
    // Records of one owner often follow each other.
    const bool is_same = !records_.empty() && equal(owner_of(records_.back()), record.owner);
    const auto begin = is_same ? records_.back().owner : static_cast<std::uint32_t>(octets_.size());
    if (!is_same) octets_.insert(octets_.end(), record.owner.begin(), record.owner.end());
    records_.push_back({begin, static_cast<std::uint8_t>(record.owner.size()), record.type, ordinal,
                        record.seen, record.count});
}

void OwnerTotals::drop_after(std::uint32_t last_ordinal) {
    while (!records_.empty() && records_.back().ordinal > last_ordinal)
        records_.pop_back();
}

void OwnerTotals::for_each(FunctionRef<bool(const Finding&)> visit) {
    std::ranges::sort(records_, [this](const Record& a, const Record& b) {
        const int order = compare(owner_of(a), owner_of(b));
        return order != 0 ? order < 0 : a.type < b.type;
    });
    std::uint32_t ordinal = 0;
    for (auto next = records_.begin(); next != records_.end();) {
        const Octets owner = owner_of(*next);
        Finding finding{.ordinal = ordinal++, .seen = next->seen, .owner = owner};
        types_.clear();
        for (; next != records_.end() && equal(owner_of(*next), owner); ++next) {
            finding.seen = {std::min(finding.seen.begin, next->seen.begin),
                            std::max(finding.seen.end, next->seen.end)};
            finding.count = saturating_sum(finding.count, next->count);
            if (types_.empty() || types_.back() != next->type) types_.push_back(next->type);
        }
        finding.types = types_;
        if (!visit(finding)) return;
    }
}

}  // namespace dnshist
