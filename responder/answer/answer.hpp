// The answers to a query in a zone: a function for each kind.
//
// Each writes one whole response, to be sent, or defers the question. The codes are those of the
// table in the query language's description: data and mistakes are NOERROR with lines of text,
// because a resolver on the way keeps neither other RCODEs nor EDE.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "responder/answer/parsed_request.hpp"
#include "responder/answer/query_outcome.hpp"
#include "responder/answer/service_config.hpp"
#include "responder/answer/verdict.hpp"
#include "responder/message/client.hpp"
#include "responder/message/request_reader.hpp"
#include "responder/message/response_writer.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/query/query.hpp"

namespace dnshist::responder {

inline constexpr Ede ask_for_txt{Ede::Code::other, "ask for TXT"};

// Room for the text of a remark with the question's name in it: 255 octets in presentation form,
// where each may take four characters.
inline constexpr std::size_t remark_octets = 1280;
// That room. An EDE's must outlive the response's writing.
using Remark = std::array<char, remark_octets>;

// One question on its way to an answer.
struct Exchange {
    const Question& question;
    const Client& client;
    const Name& qname;  // the question's name in lower case
    const Name& zone;   // which qname is at or below
    Octets labels;      // what qname has before the zone
    Seconds now;
    const ServiceConfig& service;
    std::uint64_t work;  // that it may cost, in units of WorkBudget
    bool can_wait;       // where that is not enough, it is deferred
    Lookup& store;
    ResponseWriter& response;

    // Whether what personal types alone know exists for this client.
    bool sees_personal() const noexcept { return service.access.may_see_personal(client); }
};

// Any question in a zone; sets the kind of query that it is.
Verdict answer_question(Exchange& exchange, const ParsedRequest& parsed, QueryKind& kind);

// The zone's own names.
Verdict answer_apex(Exchange& exchange);
Verdict answer_help(Exchange& exchange);
Verdict answer_help_topic(Exchange& exchange, std::string_view topic);
Verdict answer_statistics(Exchange& exchange);
Verdict answer_version(Exchange& exchange);

// The views.
Verdict answer_lines(Exchange& exchange, const Query& query);
Verdict answer_at(Exchange& exchange, const Query& query);  // as_of.cpp

// Mistakes: mistakes.cpp. What is wrong is a line of text, and NODATA for who asks for no text.
// `topic` of help says more (help.TOPIC); empty: help itself.
Verdict answer_error(Exchange& exchange, std::string_view problem, std::string_view topic = {});
Verdict answer_mistake(Exchange& exchange, const QueryError& error);
// A name on the way to a view: NODATA, unless text is asked for.
Verdict answer_unfinished(Exchange& exchange, const Unfinished& unfinished);
// A question that finds nothing: the answer that names the question which was meant, if one was.
// `known` where the subject is, so that no NXDOMAIN is said; `may_end_in_star` where a '*' at its
// end is right, and nothing is said of it.
std::optional<Verdict> answer_suggestion(Exchange& exchange, bool known,
                                         bool may_end_in_star = false);
// Likewise where the subject is written almost as an address or octets are: what is wrong with it.
std::optional<Verdict> answer_value_mistake(Exchange& exchange, const TypeSet& types);
// Where something, registrations aside, points at the address that the question has behind its
// view: writes the name of its pivot, "for what points at the address: NAME". False, and nothing
// written, where nothing does.
bool write_pivot_of_address(TextWriter& out, const Exchange& exchange);
// Likewise as an EDE, where nothing was found at the address' reverse name.
void hint_at_pivot(Exchange& exchange, Remark& room);
// A search that found nothing: why it never can, if that is so.
std::optional<Verdict> answer_vain_search(Exchange& exchange, const Query& query);
// For a client that sees them: where registrations alone are what a query without types would find,
// an EDE names the question that finds them. Verdict::send where the answer goes on.
Verdict hint_at_registrations(Exchange& exchange, const Query& query, Remark& room);

// A question of class CH.
Verdict answer_chaos(const Question& question, const Name& qname, const ServiceConfig& service,
                     ResponseWriter& response);

// Outside of what is served, or not for this client: REFUSED.
Verdict answer_refused(ResponseWriter& response, Ede ede);
// The store cannot be read: SERVFAIL. The client is not told why; the operator's log is.
Verdict answer_no_store(ResponseWriter& response);

Verdict answer_nodata(Exchange& exchange);

inline Verdict finish(ResponseWriter& response, Rcode rcode) noexcept {
    response.finish(rcode);
    return Verdict::send;
}

}  // namespace dnshist::responder
