// What the responder counts, for Prometheus to scrape over HTTP (`responder.metrics`).
//
// Everything is read when it is scraped and on the scraper's time: the counters of the workers from
// outside, the state of the store by a message to one worker. A worker that is stuck, a store that
// cannot be read or a scraper that breaks off costs that scrape something and the service nothing.
#pragma once

#include <prometheus/collectable.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conf/settings.hpp"
#include "responder/observe/counters.hpp"
#include "storage/base/result.hpp"
#include "storage/format/store_types.hpp"

namespace dnshist::responder {

// All of it must outlive the Metrics.
struct MetricsSources {
    std::vector<const Counters*> workers;
    // How the store is; nothing where that cannot be said soon. From any thread; may wait.
    std::function<std::optional<StoreReport>()> store;
    const std::atomic<std::uint64_t>* unwritten = nullptr;  // lines of the query log
};

// The metrics as they are now.
class Metrics : public prometheus::Collectable {
  public:
    explicit Metrics(MetricsSources sources) : sources_(std::move(sources)) {}
    std::vector<prometheus::MetricFamily> Collect() const override;

  private:
    const MetricsSources sources_;
};

// Shows metrics at http://ADDRESS:PORT/metrics, from threads of its own.
class MetricsServer {
  public:
    // What stands in the way where it cannot listen there, an IPv4 address (Debian's civetweb knows
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
