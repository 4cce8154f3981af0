#include "storage/history/child_limit.hpp"

#include <array>

namespace dnshist {

std::vector<std::uint8_t> encode_crowd(const Crowd& crowd) {
    std::array<std::uint8_t, 2 * max_varint_octets> room;
    std::uint8_t* end = put_varint(room.data(), crowd.admitted);
    end = put_varint(end, crowd.refused);
    return {room.data(), end};
}

std::optional<Crowd> decode_crowd(Octets octets) noexcept {
    OctetReader in(octets);
    const auto admitted = in.varint();
    const auto refused = in.varint();
    if (!admitted || !refused || !in.at_end()) return std::nullopt;
    return Crowd{*admitted, *refused};
}

bool CrowdControl::takes_child(Octets parent) {
    auto met = crowds_.find(as_text(parent));
    if (met == crowds_.end()) {
        const auto stored = transaction_.get(database_, parent);
        const auto crowd = stored ? decode_crowd(*stored) : std::nullopt;
        met = crowds_.emplace(as_text(parent), crowd.value_or(Crowd{})).first;
    }
    Crowd& crowd = met->second;
    if (crowd.admitted >= limit_.children) {
        ++crowd.refused;
        return false;
    }
    ++crowd.admitted;
    return true;
}

// The root is, too: everything is below it.
bool CrowdControl::is_exempt(Octets parent) const {
    if (parent.empty()) return true;
    std::vector<std::uint8_t> key(parent.begin(), parent.end());
    key.push_back(0);
    const auto name = Name::from_key(key);
    return !name || (limit_.exempt && limit_.exempt(name->wire()));
}

void CrowdControl::write() {
    for (const auto& [parent, crowd] : crowds_)
        transaction_.put(database_, as_octets(parent), encode_crowd(crowd));
}

}  // namespace dnshist
