// All that is behind HTTP, and which request goes where.
//
//     /dns-query      DNS over HTTPS (RFC 8484), for every client that may ask over DNS
//     REST            (responder/rest) for users alone, or on loopback where there are no users
//     anything else   likewise
//
// A request for a host that we are not is refused with 421, so that no web page can have a browser
// ask us under a name of the page's own (DNS rebinding).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/dispatch/store_wait.hpp"
#include "responder/http/http_message.hpp"
#include "responder/web/http_config.hpp"

namespace dnshist::responder {

// Our end of a connection: an IPv6 address, or an IPv4-mapped one.
using OwnAddress = std::array<std::uint8_t, 16>;

class HttpService {
  public:
    HttpService(BatchResponder& responder, StoreWait& store_wait)
        : responder_(responder), store_wait_(store_wait) {}

    void use(std::shared_ptr<const HttpConfig> config) noexcept { config_ = std::move(config); }
    const HttpConfig& config() const noexcept { return *config_; }

    // Between begin() and end() of the BatchResponder. Nothing where the request is to come again:
    // when something has come, if the BatchResponder awaits it, else with another budget than
    // Budget::quick, which it exceeds. `wake` is for bodies that are made while they are sent.
    std::optional<HttpResponse> respond(HttpRequest request, const OwnAddress& own,
                                        const Waited& waited, const std::function<void()>& wake);

  private:
    std::optional<HttpResponse> route(const HttpRequest& request, const OwnAddress& own,
                                      const Waited& waited, const std::function<void()>& wake);
    std::optional<HttpResponse> refuse_strangers(const HttpRequest& request, const OwnAddress& own);
    std::optional<HttpResponse> answer_rest(const HttpRequest& request, const Waited& waited,
                                            const std::function<void()>& wake);
    void note(const HttpRequest& request, const HttpResponse& response,
              std::chrono::steady_clock::duration taken) noexcept;
    Rights rights_of(const HttpRequest& request) const noexcept;
    std::string_view date();

    BatchResponder& responder_;
    StoreWait& store_wait_;
    std::shared_ptr<const HttpConfig> config_ = std::make_shared<const HttpConfig>();
    std::array<std::uint8_t, max_tcp_octets> room_{};  // of a DNS message
    Seconds dated_{};                                  // of date_
    std::string date_;
};

// Whether the host, with or without a port, is localhost, our own address or one of `names`.
bool is_own_host(std::string_view host, const OwnAddress& own,
                 const std::vector<std::string>& names);

}  // namespace dnshist::responder
