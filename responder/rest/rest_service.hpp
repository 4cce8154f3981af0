// The REST families that clients of passive DNS speak, all of which read the same store:
//
//     CIRCL      /pdns/query/VALUE  /query/VALUE  /fquery/VALUE  /info
//     DNSDB v2   /dnsdb/v2/lookup/...  /dnsdb/v2/summarize/...  /dnsdb/v2/ping /dnsdb/v2/rate_limit
//     DNSDB v1   /lookup/...  /summarize/...  /lookup/rate_limit
//
// The answer to a lookup is a stream of lines, without a page's limit and in constant memory.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "responder/http/http_message.hpp"
#include "responder/policy/access.hpp"
#include "responder/rest/circl_service.hpp"
#include "responder/rest/dnsdb_service.hpp"
#include "responder/rest/rest_response.hpp"

namespace dnshist::responder {

// One for all threads; a Lookup is the calling thread's.
class RestService {
  public:
    explicit RestService(RestConfig config)
        : config_(std::move(config)), circl_(config_), dnsdb_(config_) {}
    RestService(const RestService&) = delete;
    RestService& operator=(const RestService&) = delete;

    // Whether the path, as it was sent, is of one of the families.
    static bool serves(std::string_view path) noexcept;
    // Whether it needs no key where there are users.
    static bool is_open(std::string_view path) noexcept;

    // Nothing where the path is of none of these families. `rights` are those that the user and the
    // address both have. `store` is null where the store cannot be read.
    std::optional<HttpResponse> answer(const HttpRequest& request, Rights rights, Lookup* store,
                                       Seconds now);

  private:
    RestConfig config_;
    CirclService circl_;
    DnsdbService dnsdb_;
};

}  // namespace dnshist::responder
