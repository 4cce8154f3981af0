// What every answer of the REST families has in common.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "responder/http/http_message.hpp"
#include "responder/policy/access.hpp"
#include "responder/rest/rest_error.hpp"
#include "responder/rest/selection.hpp"
#include "responder/rest/sliced_body.hpp"

namespace dnshist::responder {

struct RestConfig {
    // "origin" of CIRCL's objects, a URI; empty: the URL of the server that the client asks.
    std::string origin;
    // The most records of one DNSDB answer, and its largest offset.
    std::uint64_t max_records = 1'000'000;
    // Units of WorkBudget that one answer may cost: a record costs 1, a block that is read 20. A
    // thousand times what a question over DNS may cost.
    std::uint64_t max_work = 100'000'000;
};

// The line "Error: TEXT".
HttpResponse rest_error(const RestError& error);

// A whole body of one line or more.
HttpResponse rest_content(std::string type, std::string content);

// The body: whole where its first turn has ended it, otherwise in pieces. Where the store could not
// be read, an error.
HttpResponse rest_stream(std::unique_ptr<SlicedBody> body);

// Why somebody with these rights may not have the selection.
std::optional<RestError> refusal(const Selection& selection, Rights rights);

inline const RestError no_store{503, "the store cannot be read at present; try again later"};

// How much text the first turn of an answer may make: one that fits is sent with its length.
inline constexpr std::size_t first_turn_octets = 16384;

}  // namespace dnshist::responder
