#include "responder/answer/parsed_request.hpp"

#include <array>

#include "storage/record/labels.hpp"

namespace dnshist::responder {

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
const Name* find_zone(const ServiceConfig& service, const Name& name) noexcept {
    const Name* found = nullptr;
    for (const Name& zone : service.zones) {
        if (!is_within(name, zone)) continue;
        if (found == nullptr || zone.wire().size() > found->wire().size()) found = &zone;
    }
    return found;
}

// `topic` is set where there is one.
BuiltinName find_builtin_name(Octets labels, std::string_view& topic) noexcept {
    struct Word {
        std::string_view label;
        BuiltinName name;
    };
    static constexpr std::array words{
        Word{"help", BuiltinName::help},
        Word{"stats", BuiltinName::stats},
        Word{"version", BuiltinName::version},
    };
    Labels rest(labels);
    const auto label = rest.next();
    if (!label) return BuiltinName::apex;
    const auto second = rest.next();
    if (second) {
        if (label != "help" || !rest.rest().empty()) return BuiltinName::none;
        topic = *second;
        return BuiltinName::topic;
    }
    for (const auto& [word, name] : words) {
        if (label == word) return name;
    }
    return BuiltinName::none;
}

}  // namespace

ParsedRequest::ParsedRequest(Octets octets) noexcept
    : message(octets), request(read_request(octets)) {}

void ParsedRequest::read(const ServiceConfig& service, Seconds now) noexcept {
    if (qname || !request->question) return;
    qname = Name::from_wire(request->question->name);
    if (!qname) return;
    zone = find_zone(service, *qname);
    if (zone == nullptr) return;
    labels = qname->wire().first(qname->wire().size() - zone->wire().size());
    builtin = find_builtin_name(labels, topic);
    if (builtin != BuiltinName::none) return;
    read_query(labels, now, service.default_limit, meaning);
    if (auto* const query = std::get_if<Query>(&meaning)) query->set_name(*qname);
}

}  // namespace dnshist::responder
