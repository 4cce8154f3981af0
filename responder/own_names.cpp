#include "responder/own_names.hpp"

#include "responder/words.hpp"

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

// A line of text as it is put together, and added as one TXT record.
class Line {
  public:
    explicit Line(Exchange& exchange) noexcept : exchange_(exchange), out_({octets_, room}) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { exchange_.response.add_txt(exchange_.service.ttl, out_.text()); }

    Line& operator<<(std::string_view text) noexcept {
        out_.put(text);
        return *this;
    }
    Line& operator<<(std::uint64_t number) noexcept {
        out_.put_decimal(number);
        return *this;
    }
    Line& operator<<(Seconds time) noexcept {
        write_time(out_, time);
        return *this;
    }
    // Within the zone: "help.pdns.local".
    Line& name(std::string_view name) noexcept {
        write_own_name(out_, name, exchange_.zone);
        return *this;
    }

    // ".pdns.local".
    Line& zone() noexcept { return name({}); }

  private:
    static constexpr std::size_t room = 1280;

    Exchange& exchange_;
    char octets_[room];
    TextWriter out_;
};

// Lines that are there for who asks for text; others are told so.
template <class Write>
std::size_t answer_text(Exchange& exchange, Write&& write) {
    if (asks_for_text(exchange.question)) {
        write();
    } else {
        exchange.response.set_ede(ask_for_txt);
        add_negative_soa(exchange);
    }
    return exchange.response.finish(Rcode::noerror);
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

std::size_t answer_help(Exchange& exchange) {
    return answer_text(exchange, [&] {
        (Line(exchange) << "dnshist: ask for TXT of [filter.]... view.subject").zone();
        for (const ViewWord& view : view_words()) {
            if (!view.built) continue;
            (Line(exchange) << "view " << view.word << ": " << view.meaning << "; dig TXT ")
                .name(view.example);
        }
        Line(exchange)
            << "filter TYPE: a, mx, type65 ...; several make a union, any is the default";
        for (const FilterWord& filter : filter_words()) {
            if (filter.read == nullptr) continue;
            Line(exchange) << "filter " << filter.usage << ": " << filter.meaning;
        }
        Line(exchange) << "T is 2019, 2019-06, 2019-06-01, 20190601, 2019-06-01T12:00:00Z, "
                          "@1559347200, or an age: 12h, 90d, 3w, 6mo, 2y";
        Line(exchange)
            << "a line is FIRST LAST COUNT OWNER TYPE RDATA; one that begins with # is a "
               "remark";
        (Line(exchange) << "what is stored: dig TXT ").name("stats");
        (Line(exchange) << "which program this is: dig TXT ").name("version");
    });
}

std::size_t answer_statistics(Exchange& exchange) {
    return answer_text(exchange, [&] {
        const StoreStatistics& statistics = exchange.store.statistics();
        Line(exchange) << "names " << statistics.names;
        Line(exchange) << "records " << statistics.records;
        Line(exchange) << "bytes " << statistics.octets;
        if (statistics.earliest) Line(exchange) << "earliest " << *statistics.earliest;
        if (statistics.latest) Line(exchange) << "latest " << *statistics.latest;
        if (statistics.written) Line(exchange) << "written " << *statistics.written;
    });
}

std::size_t answer_version(Exchange& exchange) {
    return answer_text(exchange, [&] { Line(exchange) << "dnshist " DNSHIST_VERSION; });
}

}  // namespace dnshist
