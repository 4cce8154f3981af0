// DNS over HTTPS (RFC 8484): a DNS message as the content of a request, or base64url in its query.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/http/http_message.hpp"

namespace dnshist::responder {

// `room` is for the answer, max_tcp_octets. As HttpService::respond() otherwise.
std::optional<HttpResponse> answer_dns_query(BatchResponder& responder, const HttpRequest& request,
                                             std::span<std::uint8_t> room, const Waited& waited);

}  // namespace dnshist::responder
