// A request with what its name means, read before any request of its batch is answered.
//
// It takes some KB, most of which a question of one kind does not touch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "responder/answer/service_config.hpp"
#include "responder/message/request_reader.hpp"
#include "storage/base/octets.hpp"
#include "storage/block/prefetch.hpp"
#include "storage/query/query.hpp"
#include "storage/record/name.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

// The names that a zone has of its own.
enum class BuiltinName : std::uint8_t {
    none,
    apex,
    help,
    topic,  // help.TOPIC
    stats,
    version,
};

struct ParsedRequest {
    // Reads the message alone; views into it stay.
    explicit ParsedRequest(Octets octets) noexcept;
    ParsedRequest(const ParsedRequest&) = delete;
    ParsedRequest& operator=(const ParsedRequest&) = delete;

    // Reads the name of a request without an error, if it was not read yet.
    void read(const ServiceConfig& service, Seconds now) noexcept;
    // The query that it makes, if it is one.
    const Query* query() const noexcept {
        return zone != nullptr && builtin == BuiltinName::none ? std::get_if<Query>(&meaning)
                                                               : nullptr;
    }

    Octets message;
    bool has_waited = false;         // and was counted by the rate limits when it came in
    std::optional<Request> request;  // nothing where the message deserves no answer

    // Once it is read():
    std::optional<Name> qname;   // in lower case; nothing where it is none
    const Name* zone = nullptr;  // of the service, the nearest at or above it; null where none is
    Octets labels;               // what qname has before the zone
    BuiltinName builtin = BuiltinName::none;
    std::string_view topic;
    ParseResult meaning;  // of a name in a zone that is no built-in one
    Prefetch first_seek;  // of the answer to a query
};

}  // namespace dnshist::responder
