#include "responder/answer/sign.hpp"

#include <algorithm>

#include "responder/message/response_writer.hpp"

namespace dnshist::responder {

std::optional<Signing> verify(Tsig& tsig, ParsedRequest& parsed, const TsigKeys& keys, Seconds now,
                              std::size_t limit, std::size_t room) {
    Request& request = *parsed.request;
    Signing signing{tsig.verify(parsed.message, *request.tsig, keys, now), limit};
    if (signing.verdict.rcode != Rcode::noerror) request.rcode = signing.verdict.rcode;
    if (signing.verdict.rcode == Rcode::formerr) {
        request.edns.reset();
        return signing;
    }
    // A response that does not fit beside the TSIG is truncated (RFC 8945, section 5.3), but a
    // question and a key with long names may leave no room even for that: then the answer may be
    // longer, which the request must have been too.
    const std::size_t least = ResponseWriter::least_octets(request) + signing.verdict.octets;
    if (least > room) return std::nullopt;
    signing.limit = std::max(limit, least) - signing.verdict.octets;
    return signing;
}

Response sign(Tsig& tsig, Response response, std::span<std::uint8_t> room, const Request& request,
              const Signing& signing, Seconds now) {
    if (response.verdict != Verdict::send || signing.verdict.octets == 0) return response;
    return {Verdict::send, tsig.sign(room, response.size, *request.tsig, signing.verdict, now)};
}

}  // namespace dnshist::responder
