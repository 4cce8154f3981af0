// The metrics of a responder, as Prometheus has them.
//
// Everything is read when it is scraped and on the scraper's time: the counters of the workers from
// outside, the state of the store by a message to one worker. A worker that is stuck, a store that
// cannot be read or a scraper that breaks off costs that scrape something and the service nothing.
#pragma once

#include <prometheus/collectable.h>

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "responder/observe/counters.hpp"
#include "storage/format/store_types.hpp"

namespace dnshist::responder {

// All of it must outlive the Metrics.
struct MetricsSources {
    std::vector<const Counters*> workers;
    // How the store is; nothing where that cannot be said soon. From any thread; may wait.
    std::function<std::optional<StoreReport>()> store;
    // How a cluster is read; nothing where the store is none. From any thread.
    std::function<std::optional<ClusterReading>()> cluster;
    std::function<std::uint64_t()> reopened;                // how often the store was opened anew
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

}  // namespace dnshist::responder
