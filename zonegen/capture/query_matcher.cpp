#include "zonegen/capture/query_matcher.hpp"

#include <algorithm>

namespace dnshist::zonegen {

namespace {

constexpr std::size_t header_octets = 12;
constexpr std::size_t max_name_octets = 255;
constexpr std::size_t max_label_octets = 63;

std::uint16_t id_of(Octets message) noexcept {
    return OctetReader(message).u16().value_or(0);
}

}  // namespace

std::string Questions::section_of(Octets message) {
    OctetReader reader(message);
    reader.u32();
    const auto questions = reader.u16();
    if (!questions || *questions != 1 || message.size() < header_octets) return {};
    OctetReader name(message.subspan(header_octets));
    std::optional<std::uint8_t> label;
    while ((label = name.u8()) && *label != 0) {
        if (*label > max_label_octets || !name.octets(*label)) return {};
        if (name.position() >= max_name_octets) return {};
    }
    const std::size_t name_octets = name.position();
    if (!label || !name.u32()) return {};  // type and class
    std::string section(as_text(message.subspan(header_octets, name.position())));
    // A label's length is at most 63, which is no letter.
    std::transform(section.begin(), section.begin() + static_cast<std::ptrdiff_t>(name_octets),
                   section.begin(), [](char c) {
                       return static_cast<char>(to_lower(static_cast<std::uint8_t>(c)));
                   });
    return section;
}

void Questions::ask(const Endpoints& between, Transport transport, Octets message, PacketTime now) {
    const auto forget = [](const Key&, const std::vector<Asked>&) {};
    asked_.expire(now, forget);
    const Key key{between, id_of(message), transport};
    std::vector<Asked>* same = asked_.find(key);
    if (same == nullptr) {
        same = &asked_.add(key, now, forget);
    } else {
        asked_.touch(key, now);
    }
    if (same->size() == max_same) same->erase(same->begin());
    same->push_back({section_of(message), (message[2] & 0x01U) != 0});
}

Questions::Answer Questions::answer(const Endpoints& between, Transport transport, Octets message,
                                    PacketTime now) {
    asked_.expire(now, [](const Key&, const std::vector<Asked>&) {});
    const Key key{between.reversed(), id_of(message), transport};
    std::vector<Asked>* const same = asked_.find(key);
    if (same == nullptr) return {Match::not_asked, false};
    const std::string section = section_of(message);
    const auto found = std::find_if(same->begin(), same->end(), [&](const Asked& asked) {
        return asked.section.empty() || section.empty() || asked.section == section;
    });
    if (found == same->end()) return {Match::mismatched, false};
    const Answer answer{Match::asked, found->recursion_desired};
    if (transport == Transport::tcp) {
        asked_.touch(key, now);
        return answer;
    }
    same->erase(found);
    if (same->empty()) asked_.erase(key);
    return answer;
}

}  // namespace dnshist::zonegen
