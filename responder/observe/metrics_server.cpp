#include "responder/observe/metrics_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <prometheus/exposer.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <future>
#include <string>
#include <system_error>
#include <utility>

#include "storage/base/blocked_signals.hpp"
#include "storage/base/file_descriptor.hpp"

namespace dnshist::responder {

namespace {

sockaddr_in address_of(const conf::Endpoint& endpoint) noexcept {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    ::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
    return address;
}

FileDescriptor open_socket() noexcept {
    return FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// Begins a connection to the address and breaks it off.
void knock(const conf::Endpoint& endpoint) noexcept {
    const sockaddr_in address = address_of(endpoint);
    const FileDescriptor fd = open_socket();
    (void)::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// Why nobody can listen there, which civetweb does not say.
std::string bind_problem(const conf::Endpoint& endpoint) {
    const sockaddr_in address = address_of(endpoint);
    const FileDescriptor fd = open_socket();
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        return "the HTTP server does not start";
    }
    return std::generic_category().message(errno);
}

}  // namespace

struct MetricsServer::State {
    State(const conf::Endpoint& at, MetricsSources sources)
        : metrics(std::make_shared<Metrics>(std::move(sources))),
          // Two threads: a scraper that does not finish leaves one, for the seconds that it has.
          exposer(std::vector<std::string>{"listening_ports", host_and_port(at), "num_threads", "2",
                                           "request_timeout_ms", "5000", "enable_keep_alive",
                                           "no"}),
          endpoint(at) {
        exposer.RegisterCollectable(metrics);
        const std::vector<int> ports = exposer.GetListeningPorts();
        if (!ports.empty()) endpoint.port = static_cast<std::uint16_t>(ports.front());
    }

    std::shared_ptr<Metrics> metrics;
    prometheus::Exposer exposer;
    conf::Endpoint endpoint;
};

Result<std::unique_ptr<MetricsServer>> MetricsServer::listen(const conf::Endpoint& endpoint,
                                                             MetricsSources sources) {
    std::unique_ptr<State> state;
    try {
        const BlockedSignals blocked;
        state = std::make_unique<State>(endpoint, std::move(sources));
    } catch (const std::exception&) {
        // said below
    }
    if (!state) {
        return Problem{"cannot show metrics at " + conf::endpoint_text(endpoint) + ": " +
                       bind_problem(endpoint)};
    }
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(state)));
}

MetricsServer::MetricsServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

// Civetweb notices that it is to stop when a connection comes, or else within two seconds. The
// responder is not to take that long to end, so connections are made until it has noticed.
MetricsServer::~MetricsServer() {
    const conf::Endpoint at = endpoint();
    std::future<void> stopped;
    try {
        stopped = std::async(std::launch::async, [this] { state_.reset(); });
    } catch (const std::exception&) {
        return;  // there is no thread for it: state_ is destroyed without the haste
    }
    while (stopped.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready)
        knock(at);
}

const conf::Endpoint& MetricsServer::endpoint() const noexcept {
    return state_->endpoint;
}

std::string host_and_port(const conf::Endpoint& endpoint) {
    return endpoint.address + ":" + std::to_string(endpoint.port);
}

bool is_loopback(const conf::Endpoint& endpoint) noexcept {
    return ntohl(address_of(endpoint).sin_addr.s_addr) >> 24 == 127;
}

}  // namespace dnshist::responder
