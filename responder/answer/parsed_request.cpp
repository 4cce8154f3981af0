#include "responder/answer/parsed_request.hpp"

#include <array>

#include "storage/query/labels.hpp"

namespace dnshist {

namespace {

// Whether `name` is at or below `zone`: it ends in the zone's labels, and where they begin one of
// its own labels begins.
bool is_within(const Name& name, const Name& zone) noexcept {
    const Octets whole = name.wire();
    const Octets tail = zone.wire();
    if (tail.size() > whole.size()) return false;
    const std::size_t begin = whole.size() - tail.size();
    if (!equal(whole.subspan(begin), tail)) return false;
    std::size_t label = 0;
    while (label < begin)
        label += 1U + whole[label];
    return label == begin;
}

// The zone served that is nearest above the name.
const Name* find_zone(const Service& service, const Name& name) noexcept {
    const Name* found = nullptr;
    for (const Name& zone : service.zones) {
        if (!is_within(name, zone)) continue;
        if (found == nullptr || zone.wire().size() > found->wire().size()) found = &zone;
    }
    return found;
}

// `topic` is set where there is one.
OwnName find_own_name(Octets labels, std::string_view& topic) noexcept {
    struct Word {
        std::string_view label;
        OwnName name;
    };
    static constexpr std::array words{
        Word{"help", OwnName::help},
        Word{"stats", OwnName::stats},
        Word{"version", OwnName::version},
    };
    Labels rest(labels);
    const auto label = rest.next();
    if (!label) return OwnName::apex;
    const auto second = rest.next();
    if (second) {
        if (label != "help" || !rest.rest().empty()) return OwnName::none;
        topic = *second;
        return OwnName::topic;
    }
    for (const auto& [word, name] : words) {
        if (label == word) return name;
    }
    return OwnName::none;
}

}  // namespace

Asking::Asking(Octets octets) noexcept : message(octets), request(read_request(octets)) {}

void Asking::read(const Service& service, Seconds now) noexcept {
    if (qname) return;
    qname = Name::from_wire(request->question->name);
    if (!qname) return;
    zone = find_zone(service, *qname);
    if (zone == nullptr) return;
    labels = qname->wire().first(qname->wire().size() - zone->wire().size());
    own = find_own_name(labels, topic);
    if (own == OwnName::none) read_query(labels, now, service.default_limit, reading);
}

}  // namespace dnshist
