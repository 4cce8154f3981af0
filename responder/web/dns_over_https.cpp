#include "responder/web/dns_over_https.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <string>

#include "responder/http/http_session.hpp"
#include "responder/http/url.hpp"
#include "responder/message/framing.hpp"
#include "responder/message/least_ttl.hpp"
#include "storage/text/lower_case.hpp"

namespace dnshist::responder {

namespace {

constexpr std::string_view media_type = "application/dns-message";

// Without the parameters of the media type.
bool is_dns_message(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    content_type = content_type.substr(0, content_type.find_last_not_of(' ') + 1);
    return is_in_any_case(content_type, media_type);
}

// How long the answer may be kept. By the client alone: another may have other rights. One that is
// signed says when, and may not be kept at all.
std::string cache_control(Octets answer) {
    const auto ttl = least_ttl(answer);
    if (!ttl) return "no-store";
    return "private, max-age=" + std::to_string(*ttl);
}

}  // namespace

std::optional<HttpResponse> answer_dns_query(BatchResponder& responder, const HttpRequest& request,
                                             std::span<std::uint8_t> room, const Waited& waited) {
    std::array<std::uint8_t, request_octets> decoded;
    Octets question = request.body;
    if (request.method == "GET" || request.method == "HEAD") {
        const auto digits = raw_parameter(request.query, "dns");
        if (!digits) return plain_response(400, "the parameter dns is missing (RFC 8484)");
        if (digits->size() / 4 * 3 > decoded.size()) {
            return plain_response(413, "the question is too long");
        }
        std::size_t size = 0;
        if (sodium_base642bin(decoded.data(), decoded.size(), digits->data(), digits->size(),
                              nullptr, &size, nullptr,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
            return plain_response(400, "the parameter dns is not base64url without padding");
        }
        question = Octets(decoded).first(size);
    } else if (request.method != "POST") {
        auto response = plain_response(405, "GET and POST are understood here (RFC 8484)");
        response.fields.emplace_back("allow", "GET, HEAD, POST");
        return response;
    } else if (!is_dns_message(request.field("content-type"))) {
        return plain_response(415, "the content must be of type application/dns-message");
    } else if (question.size() > request_octets) {
        return plain_response(413, "the question is too long");
    }

    ParsedRequest parsed(question);
    parsed.has_waited = waited.rounds != 0;
    const Response answer = responder.respond(parsed, request.client, room, waited.budget);
    switch (answer.verdict) {
        case Verdict::defer:
        case Verdict::wait:
            return std::nullopt;
        case Verdict::drop:
            return plain_response(400, "this is no DNS question that can be answered");
        case Verdict::fail:
            return plain_response(503, "the question failed; the log of the server says why");
        case Verdict::send:
            break;
    }
    HttpResponse response;
    const Octets octets = room.first(answer.size);
    response.content = as_text(octets);
    response.fields.emplace_back("content-type", media_type);
    response.fields.emplace_back("cache-control", cache_control(octets));
    return response;
}

}  // namespace dnshist::responder
