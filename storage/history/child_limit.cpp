#include "storage/history/child_limit.hpp"

#include "storage/format/store_meta.hpp"

namespace dnshist {

bool ChildCounter::admit_child(Octets parent) {
    auto met = children_.find(as_text(parent));
    if (met == children_.end()) {
        const auto stored = transaction_.get(database_, parent);
        const auto children = stored ? store_meta::decode_child_count(*stored) : std::nullopt;
        met = children_.emplace(as_text(parent), children.value_or(ChildCount{})).first;
    }
    ChildCount& children = met->second;
    if (children.admitted >= limit_.children) {
        ++children.refused;
        return false;
    }
    ++children.admitted;
    return true;
}

// The root is exempt: everything is below it.
bool ChildCounter::is_exempt(Octets parent) const {
    if (parent.empty()) return true;
    std::vector<std::uint8_t> key(parent.begin(), parent.end());
    key.push_back(0);
    const auto name = Name::from_key(key);
    return !name || (limit_.exempt && limit_.exempt(name->wire()));
}

void ChildCounter::write() {
    for (const auto& [parent, children] : children_)
        transaction_.put(database_, as_octets(parent), store_meta::encode_child_count(children));
}

}  // namespace dnshist
