// The part of RecordWalk that goes by the search index: what cannot have the literal of the
// patterns is passed over.
//
// A record is passed over where neither its owner has the literal nor an index says that one near
// it may: what is visited is what a walk through everything visits and finds to match. An owner
// that has it is visited in the order of keys, with all that is below it.
#include <algorithm>

#include "storage/finding/record_walk.hpp"

namespace dnshist {

bool RecordWalk::begin_search(const Query& query, Space space) {
    if (query.further.patterns.empty() || tests_.literal().empty()) return false;
    return search_.begin(space, tests_.literal());
}

WorkBudget::Kind RecordWalk::kind_of(Octets owner_or_value) const noexcept {
    const bool passes_over = searches_ && !search_.may_have(owner_or_value);
    return passes_over ? WorkBudget::Kind::passed : WorkBudget::Kind::visited;
}

// Where it may be next, at or behind a key. Nothing where that is behind everything.
std::optional<Octets> RecordWalk::next_place(Octets behind) {
    return search_.find(behind, budget_.left());
}

// From a record whose owner has not the literal. False where no record behind it has.
bool RecordWalk::skip_names() {
    const KeyBound behind = after_owner(records_.record().owner);
    const auto place = next_place(behind.octets());
    if (place && compare(*place, behind.octets()) > 0) records_.skip_to(*place);
    return place.has_value();
}

// From a pivot whose value has not the literal. False where no pivot of the range behind it has.
bool RecordWalk::skip_values(const PivotRange& range) {
    OctetBuffer<max_pivot_octets> behind(pivots_.pivot().value);
    // The closing zero of a name or a text. What is behind an address is not asked for.
    behind.octets().back() = 1;
    const auto place = next_place(behind.octets());
    if (!place || range.is_past(*place)) return false;
    if (compare(*place, behind.octets()) > 0) pivots_.skip_to(*place);
    return true;
}

}  // namespace dnshist
