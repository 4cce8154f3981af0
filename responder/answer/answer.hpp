// What the responder says: a function for each kind of answer.
//
// Each writes one whole response and returns its length. The codes are those of the table in
// the query language's description: data and mistakes are NOERROR with lines of text, because a
// resolver on the way keeps neither other RCODEs nor EDE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "responder/answer/service.hpp"
#include "responder/message/client.hpp"
#include "responder/message/request_reader.hpp"
#include "responder/message/response_writer.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/query/query.hpp"

namespace dnshist::responder {

// One question on its way to an answer.
struct Exchange {
    const Question& question;
    const Client& client;
    const Name& qname;  // the question's name in lower case
    const Name& zone;   // which qname is at or below
    const ServiceConfig& service;
    std::uint64_t work;  // that it may cost, in units of Work
    bool can_wait;       // where that is not enough: it is put off (respond.hpp)
    Lookup& store;
    ResponseWriter& response;
};

// The zone's own names.
std::size_t answer_apex(Exchange& exchange);
std::size_t answer_help(Exchange& exchange);
std::size_t answer_help_topic(Exchange& exchange, std::string_view topic);
std::size_t answer_statistics(Exchange& exchange);
std::size_t answer_version(Exchange& exchange);

// The views.
std::size_t answer_lines(Exchange& exchange, const Query& query);
std::size_t answer_at(Exchange& exchange, const Query& query);  // time_machine.cpp

// A name on the way to a view: NODATA.
std::size_t answer_unfinished(Exchange& exchange, const Unfinished& unfinished);
std::size_t answer_mistake(Exchange& exchange, const QueryError& mistake);

// A question of class CH.
std::size_t answer_chaos(const Question& question, const Name& qname, const ServiceConfig& service,
                         ResponseWriter& response);

// Outside of what is served, or not to be had: REFUSED.
std::size_t answer_refused(ResponseWriter& response, Ede ede);
// The store cannot be read: SERVFAIL. The client is not told why; the operator's log is.
std::size_t answer_no_store(ResponseWriter& response);

}  // namespace dnshist::responder
