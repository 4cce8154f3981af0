// Arbitrary octets as a response, with or without a query context. Observations are valid, and no
// record outside the bailiwick is accepted.
//
// Bits of the first octet: 1, trust everything; 2, the response is a resolver's; 4, the zone of the
// server is known, and its name follows; 8, QNAME is known, and follows; 16, multicast DNS; 32, the
// question is not known; 64, responses without a known question are believed.
#include <cstdlib>

#include "storage/record/rdata.hpp"
#include "storage/suffix/public_suffix.hpp"
#include "zonegen/response/response_observer.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::optional<Name> take_name(OctetReader& in) {
    const auto length = name_length(in.rest());
    const auto wire = in.octets(length.value_or(0));
    return wire && length ? Name::from_wire(*wire) : std::nullopt;
}

// The zone that all observations must be in; nothing if there is no limit.
std::optional<Octets> limit(const Response& response, const QueryContext& context) {
    static const Name local = Name::from_text("local.").value();
    if (context.multicast) return local.wire();
    if (context.zone) return context.zone->wire();
    if ((context.recursive && context.asked) || !response.question) return std::nullopt;
    const Octets domain = registrable_domain(response.question->name);
    return domain.empty() ? response.question->name : domain;
}

void check(const Observation& seen) {
    const auto owner = Name::from_wire(seen.owner);
    require(owner && equal(owner->wire(), seen.owner));
    require(!is_meta_type(seen.type) && is_valid_rdata(seen.type, seen.rdata));
    Rdata canonical;
    require(rdata_from_wire(seen.type, seen.rdata, canonical));
    require(equal(canonical.octets(), seen.rdata));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::uint8_t known = data[0];
    OctetReader in(Octets(data, size).subspan(1));
    QueryContext context;
    context.recursive = (known & 2U) != 0;
    if ((known & 4U) != 0 && !(context.zone = take_name(in))) return 0;
    if ((known & 8U) != 0 && !(context.name = take_name(in))) return 0;
    const Octets message = in.rest();
    context.multicast = (known & 16U) != 0;
    context.asked = (known & 32U) == 0;
    const Trust trust = (known & 1U) != 0    ? Trust::everything
                        : (known & 64U) != 0 ? Trust::unasked
                                             : Trust::bailiwick;

    ResponseReader reader;
    const auto response = reader.read(message, context.multicast);
    std::size_t judged = 0;
    ResponseObserver observer(
        trust,
        [&](const Observation& seen) {
            ++judged;
            check(seen);
            require(response.has_value() && response->is_response);
            if (trust == Trust::everything) return;
            require(context.asked || trust == Trust::unasked);
            require(context.multicast || response->question.has_value());
            if (context.name && !context.multicast)
                require(equal(context.name->wire(), response->question->name));
            const auto zone = limit(*response, context);
            require(!zone || is_at_or_below(seen.owner, *zone));
        },
        [&](std::string_view record, const Reject& reject) {
            ++judged;
            require(response.has_value() || reject.reason == Reason::bad_message);
            for (const std::string_view text : {record, std::string_view(reject.detail)}) {
                for (const char c : text)
                    require(c >= ' ' && c <= '~');
            }
        });
    const auto outcome = observer.observe(message, Seconds{1}, context);
    require((outcome == ResponseObserver::Outcome::malformed) == !response);
    // A reject more for octets behind the last record, or for the message.
    if (response) require(judged <= response->records.size() + 1);
    return 0;
}
