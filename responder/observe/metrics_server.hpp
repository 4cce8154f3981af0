// The metrics over HTTP, for Prometheus to scrape (`responder.metrics`).
#pragma once

#include <memory>
#include <string>

#include "conf/settings.hpp"
#include "responder/observe/metrics.hpp"
#include "storage/base/result.hpp"

namespace dnshist::responder {

// Shows metrics at http://ADDRESS:PORT/metrics, from threads of its own.
class MetricsServer {
  public:
    // A problem where it cannot listen there, an IPv4 address (Debian's civetweb knows
    // no other). Port 0 takes a free one.
    static Result<std::unique_ptr<MetricsServer>> listen(const conf::Endpoint& endpoint,
                                                         MetricsSources sources);
    ~MetricsServer();
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

    // With the port that was taken.
    const conf::Endpoint& endpoint() const noexcept;

  private:
    struct State;
    explicit MetricsServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// As a URL has it: "127.0.0.1:9530".
std::string host_and_port(const conf::Endpoint& endpoint);
// Whether only this machine reaches the address.
bool is_loopback(const conf::Endpoint& endpoint) noexcept;

}  // namespace dnshist::responder
