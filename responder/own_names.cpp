#include "responder/own_names.hpp"

namespace dnshist {

namespace {

constexpr Ede ask_for_txt{Ede::Code::other, "ask for TXT"};

// Nobody transfers the zone, so these three matter to no one; they are what is usual.
constexpr std::uint32_t refresh = 3600;
constexpr std::uint32_t retry = 900;
constexpr std::uint32_t expire = 604800;

// The serial is the time at which the store was last written.
SoaTimers soa_of(Exchange& exchange) {
    const Seconds written = exchange.store.statistics().written.value_or(Seconds{0});
    return {written.since_epoch, refresh, retry, expire, exchange.service.negative_ttl};
}

}  // namespace

void write_own_name(TextWriter& out, std::string_view name, const Name& zone) noexcept {
    out.put(name);
    if (zone.label_count() == 0) return;
    out.put('.');
    write_name(out, zone.wire());
    if (!out.overflowed()) out.rewind(out.size() - 1);
}

void add_negative_soa(Exchange& exchange) {
    exchange.response.add_authority_soa(exchange.service.negative_ttl, exchange.zone.wire().size(),
                                        soa_of(exchange));
}

std::size_t answer_other_type(Exchange& exchange) {
    exchange.response.set_ede(ask_for_txt);
    add_negative_soa(exchange);
    return exchange.response.finish(Rcode::noerror);
}

std::size_t answer_apex(Exchange& exchange) {
    const Rrtype type = exchange.question.type;
    const bool all = type == Rrtype::ANY;
    const std::size_t apex_octets = exchange.zone.wire().size();
    if (all || type == Rrtype::SOA) {
        exchange.response.add_apex_soa(exchange.service.negative_ttl, apex_octets,
                                       soa_of(exchange));
    }
    if (all || type == Rrtype::NS) {
        exchange.response.add_apex_ns(exchange.service.ttl, apex_octets);
    }
    if (all || type == Rrtype::TXT) {
        (Line(exchange) << "dnshist: the history of DNS records, for 'dig TXT ").name("help")
            << "'";
    }
    if (!all && type != Rrtype::SOA && type != Rrtype::NS && type != Rrtype::TXT) {
        add_negative_soa(exchange);
    }
    return exchange.response.finish(Rcode::noerror);
}

std::size_t answer_statistics(Exchange& exchange) {
    if (!asks_for_text(exchange.question)) return answer_other_type(exchange);
    const StoreStatistics& statistics = exchange.store.statistics();
    Line(exchange) << "names " << statistics.names;
    Line(exchange) << "records " << statistics.records;
    Line(exchange) << "bytes " << statistics.octets;
    if (statistics.earliest) Line(exchange) << "earliest " << *statistics.earliest;
    if (statistics.latest) Line(exchange) << "latest " << *statistics.latest;
    if (statistics.written) Line(exchange) << "written " << *statistics.written;
    return exchange.response.finish(Rcode::noerror);
}

std::size_t answer_version(Exchange& exchange) {
    if (!asks_for_text(exchange.question)) return answer_other_type(exchange);
    Line(exchange) << "dnshist " DNSHIST_VERSION;
    return exchange.response.finish(Rcode::noerror);
}

}  // namespace dnshist
