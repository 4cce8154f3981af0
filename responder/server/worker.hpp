// One thread of the responder, with all that it needs of its own: an event loop, a Responder, and
// its sockets. Workers share the store; whatever else crosses between threads is a message to a
// worker's event loop.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "responder/answer/service_config.hpp"
#include "responder/dispatch/batch_responder.hpp"
#include "responder/dispatch/shared_history.hpp"
#include "responder/transport/sockets.hpp"
#include "responder/transport/tcp_server.hpp"

namespace dnshist::responder {

// The service of a worker and its limits; a reload of the configuration makes a new one.
struct WorkerConfig {
    std::shared_ptr<const ServiceConfig> service;
    TcpLimits tcp;
    TlsContexts tls;  // where there are sockets for it
    std::shared_ptr<const HttpConfig> http = std::make_shared<const HttpConfig>();
    std::shared_ptr<QueryLogRings> query_log = nullptr;  // or nowhere
};

class Worker {
  public:
    // The store outlives the worker.
    Worker(SharedHistory& store, WorkerConfig config, WorkerSockets sockets);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // The thread's body: serves until it has stopped.
    void run();

    // From any thread.
    void use(WorkerConfig config);
    // Ends run() as soon as the answers under way are sent, after some two seconds in any case.
    void stop();
    // Calls `visit` from the worker's own thread, between two batches.
    void call(std::function<void(BatchResponder&)> visit);
    const Counters& counters() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::responder
