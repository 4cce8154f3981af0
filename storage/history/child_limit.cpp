#include "storage/history/child_limit.hpp"

#include <array>

namespace dnshist {

std::vector<std::uint8_t> encode_child_count(const ChildCount& children) {
    std::array<std::uint8_t, 2 * max_varint_octets> room;
    std::uint8_t* end = put_varint(room.data(), children.admitted);
    end = put_varint(end, children.refused);
    return {room.data(), end};
}

std::optional<ChildCount> decode_child_count(Octets octets) noexcept {
    OctetReader in(octets);
    const auto admitted = in.varint();
    const auto refused = in.varint();
    if (!admitted || !refused || !in.at_end()) return std::nullopt;
    return ChildCount{*admitted, *refused};
}

bool ChildCounter::takes_child(Octets parent) {
    auto met = children_.find(as_text(parent));
    if (met == children_.end()) {
        const auto stored = transaction_.get(database_, parent);
        const auto children = stored ? decode_child_count(*stored) : std::nullopt;
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

// The root is, too: everything is below it.
bool ChildCounter::is_exempt(Octets parent) const {
    if (parent.empty()) return true;
    std::vector<std::uint8_t> key(parent.begin(), parent.end());
    key.push_back(0);
    const auto name = Name::from_key(key);
    return !name || (limit_.exempt && limit_.exempt(name->wire()));
}

void ChildCounter::write() {
    for (const auto& [parent, children] : children_)
        transaction_.put(database_, as_octets(parent), encode_child_count(children));
}

}  // namespace dnshist
