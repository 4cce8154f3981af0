#include "responder/answer/builtin_names.hpp"

#include <algorithm>

#include "storage/answer/builtin_lines.hpp"
#include "storage/query/hint/suggestion.hpp"

namespace dnshist::responder {

namespace {

SoaTimers soa_of(Exchange& exchange) {
    return soa_timers(exchange.store.statistics(), exchange.service.negative_ttl);
}

// Answers with the lines that write(LineSink) writes.
template <class Write>
Verdict answer_own_lines(Exchange& exchange, Write&& write) {
    if (!asks_for_text(exchange.question)) return answer_other_type(exchange);
    const auto add = [&](std::string_view line) {
        exchange.response.add_txt(exchange.service.ttl, line);
    };
    write(LineSink(add));
    return finish(exchange.response, Rcode::noerror);
}

}  // namespace

void add_negative_soa(Exchange& exchange) {
    exchange.response.add_authority_soa(exchange.service.negative_ttl, exchange.zone.wire().size(),
                                        soa_of(exchange));
}

Verdict answer_other_type(Exchange& exchange) {
    exchange.response.set_ede(ask_for_txt);
    add_negative_soa(exchange);
    return finish(exchange.response, Rcode::noerror);
}

Verdict answer_apex(Exchange& exchange) {
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
        const auto add = [&](std::string_view line) {
            exchange.response.add_txt(exchange.service.ttl, line);
        };
        write_apex_line(exchange.zone, LineSink(add));
    }
    if (!all && type != Rrtype::SOA && type != Rrtype::NS && type != Rrtype::TXT) {
        add_negative_soa(exchange);
    }
    return finish(exchange.response, Rcode::noerror);
}

Verdict answer_help(Exchange& exchange) {
    return answer_own_lines(exchange, [&](LineSink sink) { write_help(exchange.zone, sink); });
}

Verdict answer_help_topic(Exchange& exchange, std::string_view word) {
    if (!help_topic_of(word).empty()) {
        return answer_own_lines(
            exchange, [&](LineSink sink) { write_help_topic(exchange.zone, word, sink); });
    }
    if (!asks_for_text(exchange.question)) return answer_unfinished(exchange, {});
    const QueryError error([&](TextWriter& out) {
        out.put("no help on ");
        write_quoted(out, word);
        Suggestion suggestion(word);
        for (const std::string_view topic : help_topics())
            suggestion.offer(topic);
        if (!suggestion.best().empty()) {
            return write_suggestion(out, "help.", suggestion.best());
        }
        out.put("; there is help on");
        std::string_view before = " ";
        for (const std::string_view topic : help_topics()) {
            out.put(before);
            out.put(topic);
            before = ", ";
        }
    });
    return answer_error(exchange, error.text());
}

Verdict answer_statistics(Exchange& exchange) {
    return answer_own_lines(
        exchange, [&](LineSink sink) { write_statistics(exchange.store.statistics(), sink); });
}

Verdict answer_version(Exchange& exchange) {
    return answer_own_lines(exchange, write_version);
}

}  // namespace dnshist::responder
