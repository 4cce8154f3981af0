// The metrics over HTTP, for Prometheus to scrape (`responder.metrics`).
//
// A scrape takes a moment. So where many connect and do not ask, the one that has waited longest
// makes room for the next, and nobody keeps Prometheus out.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "conf/settings.hpp"
#include "responder/observe/metrics.hpp"
#include "storage/base/file_descriptor.hpp"
#include "storage/base/result.hpp"

namespace dnshist::responder {

// Shows metrics at http://ADDRESS:PORT/metrics, from a thread of its own.
class MetricsServer {
  public:
    // A problem where it cannot listen there. Port 0 takes a free one.
    static Result<std::unique_ptr<MetricsServer>> listen(const conf::Endpoint& endpoint,
                                                         MetricsSources sources);
    ~MetricsServer();
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

    // With the port that was taken.
    const conf::Endpoint& endpoint() const noexcept { return endpoint_; }

    static constexpr std::size_t max_connections = 16;

  private:
    using Connections = std::list<std::shared_ptr<boost::asio::ip::tcp::socket>>;

    // Throws boost::system::system_error.
    MetricsServer(const conf::Endpoint& endpoint, MetricsSources sources);
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> converse(Connections::iterator connection);
    void make_room();

    const Metrics metrics_;
    conf::Endpoint endpoint_;
    boost::asio::io_context io_{1};
    boost::asio::ip::tcp::acceptor acceptor_{io_};
    Connections connections_;  // the oldest first; closed ones among them until they have ended
    // Kept open to be let go where the process may open no other file: a scrape is to come through
    // then as well.
    FileDescriptor reserve_;
    std::thread thread_;
};

// As a URL has it: "127.0.0.1:9530", "[::1]:9530".
std::string host_and_port(const conf::Endpoint& endpoint);

}  // namespace dnshist::responder
