// Answers requests for the page: its files, and what it has to know of this server.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "responder/http/http_message.hpp"

namespace dnshist::responder {

class PageService {
  public:
    // The zones that are answered, and the addresses that DNS is answered at, both as in the
    // configuration ("pdns.local.", "127.0.0.1@5300"): the page makes questions and dig commands of
    // them.
    explicit PageService(std::span<const std::string> zones = {},
                         std::span<const std::string> listen = {});

    // The response to a GET or HEAD of "/", "/page.js" and the like, with the fields that keep the
    // page to itself (Content-Security-Policy and others), or 304 for a client that has the file
    // (RFC 9110, 13.1.2), or 405. Nothing where the path is none of the page.
    std::optional<HttpResponse> answer(const HttpRequest& request) const;

  private:
    std::string settings_;  // /page.json
};

}  // namespace dnshist::responder
