// Matches responses to the queries that were seen in the same capture.
//
// A response belongs to a query if it travels the opposite way between the same endpoints, over the
// same transport, with the same ID and the same question but for case (RFC 5452, section 4): a
// response with the right ID and another question is an attempt at spoofing or belongs to somebody
// else, and a resolver would not have accepted it either. Over TCP a message without a question
// may continue the response to the only query of its ID (RFC 5936, section 2.2.1).
//
// Bounded in entries and age; the oldest are dropped first. Queries are never stored.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "zonegen/capture/aged_map.hpp"
#include "zonegen/capture/packet_decoder.hpp"

namespace dnshist::zonegen {

enum class Transport : std::uint8_t { udp, tcp };

class QueryMatcher {
  public:
    // Pending queries with the same endpoints and ID; more at once are unusual.
    static constexpr std::size_t max_same_id = 4;
    // Pairs of endpoints and ID.
    static constexpr std::size_t max_pending = 65536;
    // Longer than resolvers wait.
    static constexpr PacketTime timeout{30'000'000};

    enum class Outcome : std::uint8_t {
        matched,
        no_query,        // no pending query with these endpoints and this ID
        wrong_question,  // there is one, with another question
    };
    struct Match {
        Outcome outcome;
        // QNAME in lower case, type and class of the query if the response has no question. Valid
        // until the next call.
        Octets question;
    };

    QueryMatcher() : pending_(max_pending, timeout) {}

    // `message` has a whole header and goes from client to server. Ignored unless it has one
    // question that can be read.
    void add_query(const Endpoints& between, Transport transport, Octets message, PacketTime now);

    // `message` has a whole header and goes from server to client. Over UDP the query is then no
    // longer pending, so that a second response does not match it; over TCP one query may have many
    // responses (zone transfers).
    Match match_response(const Endpoints& between, Transport transport, Octets message,
                         PacketTime now);

  private:
    struct Key {
        Endpoints between;  // from client to server
        std::uint16_t id;
        Transport transport;

        friend auto operator<=>(const Key&, const Key&) = default;
    };

    // The question section in lower case; empty if it does not have exactly one question or cannot
    // be read.
    static std::string question_of(Octets message);

    AgedMap<Key, std::vector<std::string>> pending_;  // questions
};

}  // namespace dnshist::zonegen
