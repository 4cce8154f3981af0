// TSIG around an answer: the request is verified before, the response is signed after (RFC 8945).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "responder/answer/parsed_request.hpp"
#include "responder/answer/verdict.hpp"
#include "responder/tsig/tsig.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

struct Signing {
    TsigVerdict verdict;
    std::size_t limit = 0;  // octets of the response before it is signed
};

// Verifies a request that has a TSIG. Where that is wrong, the request's RCODE says so from then
// on, and nothing else is answered. The signed response has `limit` octets at most, of which `room`
// may have more. Nothing where no response with a TSIG fits the room: the request is dropped.
std::optional<Signing> verify(Tsig& tsig, ParsedRequest& parsed, const TsigKeys& keys, Seconds now,
                              std::size_t limit, std::size_t room);

// Signs the response that `room` holds, as the request asks; the signed response.
Response sign(Tsig& tsig, Response response, std::span<std::uint8_t> room, const Request& request,
              const Signing& signing, Seconds now);

}  // namespace dnshist::responder
