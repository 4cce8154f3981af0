#include "responder/server/worker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <string>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/dispatch/deferred_queue.hpp"
#include "responder/dispatch/store_wait.hpp"
#include "responder/observe/log.hpp"
#include "responder/transport/udp_server.hpp"

namespace dnshist::responder {

namespace asio = boost::asio;

struct Worker::State {
    State(SharedHistory& store_, WorkerConfig config, WorkerSockets sockets)
        : store(store_),
          answering(store, store.join([this](auto history) { hand(std::move(history)); }),
                    std::move(config.service)),
          lane(io),
          store_wait(io, answering),
          udp(io, answering, lane, store_wait, std::move(sockets.udp)),
          tcp(io, answering, lane, store_wait) {
        tcp.use(config.tcp, std::move(config.tls), std::move(config.http));
        tcp.serve(std::move(sockets.tcp), Transport::tcp);
        tcp.serve(std::move(sockets.tls), Transport::tls);
        tcp.serve(std::move(sockets.https), Transport::https);
        tcp.serve(std::move(sockets.http), Transport::http);
        answering.log_to(std::move(config.query_log));
    }

    void hand(std::shared_ptr<History> history) {
        asio::post(io, [this, handed = std::move(history)]() mutable {
            answering.use(std::move(handed));
        });
    }

    SharedHistory& store;
    asio::io_context io{1};
    BatchResponder answering;
    DeferredQueue lane;
    StoreWait store_wait;
    UdpServer udp;
    TcpServer tcp;
};

Worker::Worker(SharedHistory& store, WorkerConfig config, WorkerSockets sockets)
    : state_(std::make_unique<State>(store, std::move(config), std::move(sockets))) {}

Worker::~Worker() = default;

void Worker::run() {
    // Nothing that a client sends makes a handler throw; where memory runs out, the others go on.
    for (bool finished = false; !finished;) {
        try {
            state_->io.run();
            finished = true;
        } catch (const std::exception& error) {
            log_error(std::string("a worker failed and goes on: ") + error.what());
        }
    }
    state_->store.end();
}

void Worker::use(WorkerConfig config) {
    asio::post(state_->io, [state = state_.get(), config = std::move(config)] {
        state->answering.use(config.service);
        state->tcp.use(config.tcp, config.tls, config.http);
        state->answering.log_to(config.query_log);
    });
}

void Worker::call(std::function<void(BatchResponder&)> visit) {
    asio::post(state_->io,
               [state = state_.get(), visit = std::move(visit)] { visit(state->answering); });
}

const Counters& Worker::counters() const noexcept {
    return state_->answering.counters();
}

void Worker::stop() {
    asio::post(state_->io, [state = state_.get()] {
        state->lane.close();
        state->store_wait.close();
        state->udp.stop();
        state->tcp.stop();
    });
}

}  // namespace dnshist::responder
