#include "zonegen/dnstap/dnstap_observer.hpp"

#include <limits>
#include <optional>

#include "storage/record/compressed_name.hpp"
#include "storage/text/quote.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t max_identity_octets = 255;

// QNAME of the query that was reported with the response.
std::optional<Name> qname_of(Octets query) {
    if (query.size() <= message_header_octets) return std::nullopt;
    // The name of the first question cannot be compressed, since no name precedes it.
    const Octets rest = query.subspan(message_header_octets);
    const auto size = name_length(rest);
    if (!size) return std::nullopt;
    return Name::from_wire(rest.first(*size));
}

// True for responses of recursive resolvers to others, and for a server's report of its own
// responses.
bool is_recursive(DnstapType type) noexcept {
    return type != DnstapType::resolver_response && type != DnstapType::tool_response;
}

bool is_printable(Octets text) noexcept {
    for (const std::uint8_t c : text) {
        if (c < ' ' || c > '~') return false;
    }
    return true;
}

}  // namespace

DnstapObserver::DnstapObserver(const DnstapOptions& options, const Sink& sink)
    : sink_(sink),
      sensor_(options.sensor),
      responses_(
          options.trust, sink.observe,
          [this](std::string_view record, const Reject& reject) {
              sink_.refuse(place_, record, reject);
          },
          sink.check_time) {
    for (const DnstapType type : options.types)
        wanted_[static_cast<std::size_t>(type)] = true;
    source_.sensor_id = sensor_;
}

void DnstapObserver::observe(std::uint64_t place, Octets payload) {
    place_ = place;
    const auto message = read_dnstap_message(payload);
    if (!message) return refuse(Reason::bad_frame, message.error().text);
    if (!message->type) return;
    const auto type = static_cast<std::size_t>(*message->type);
    if (!wanted_[type]) {
        ++passed_over_[type];
    } else {
        observe(*message);
    }
}

void DnstapObserver::observe(const DnstapMessage& message) {
    if (message.response.empty()) return refuse(Reason::bad_frame, "no response in it");
    if (message.time == 0) return refuse(Reason::bad_frame, "no time in it");
    if (message.time > std::numeric_limits<std::uint32_t>::max()) return refuse(Reason::bad_time);
    QueryContext context;
    context.recursive = is_recursive(*message.type);
    context.name = qname_of(message.query);
    if (!message.zone.empty()) {
        context.zone = Name::from_wire(message.zone);
        if (!context.zone) return refuse(Reason::bad_frame, "its query_zone is no name");
    }
    context.asked = context.recursive || context.zone || context.name;
    responses_.observe(message.response, Seconds{static_cast<std::uint32_t>(message.time)}, context,
                       source_of(message));
}

void DnstapObserver::refuse(Reason reason, std::string detail) {
    sink_.refuse(place_, {}, {reason, std::move(detail)});
}

const Source* DnstapObserver::source_of(const DnstapMessage& message) {
    if (as_text(message.identity) != identity_) {
        identity_ = as_text(message.identity);
        const bool usable = !identity_.empty() && identity_.size() <= max_identity_octets &&
                            is_printable(message.identity);
        source_.sensor_id = usable ? identity_ : sensor_;
    }
    return source_.empty() ? nullptr : &source_;
}

std::string DnstapObserver::passed_over() const {
    std::string text;
    for (const DnstapType type : conf::dnstap_types()) {
        const std::uint64_t count = passed_over_[static_cast<std::size_t>(type)];
        if (count == 0) continue;
        if (!text.empty()) text += ", ";
        text += std::to_string(count);
        text += ' ';
        text += conf::dnstap_type_name(type);
    }
    return text;
}

}  // namespace dnshist::zonegen
