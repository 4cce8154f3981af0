// A worker's TCP connections, in the clear or within TLS: those on which DNS messages go, and those
// of HTTP. They share their limits.
//
// A client may cost little for long, and more only for a short time: an idle connection
// has no buffer of its own, a message begun must be whole within two seconds, and what the client
// does not read within the idle time-out is thrown away with the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/dispatch/deferred_queue.hpp"
#include "responder/dispatch/store_wait.hpp"
#include "responder/tls/tls_context.hpp"
#include "responder/transport/tcp_connection.hpp"
#include "responder/transport/tcp_connection_table.hpp"
#include "storage/base/file_descriptor.hpp"

namespace dnshist::responder {

// Null where there is no TLS.
struct TlsContexts {
    std::shared_ptr<const TlsContext> dns;
    std::shared_ptr<const TlsContext> http;
};

class TcpServer {
  public:
    // Serves from the thread that runs `io`.
    TcpServer(boost::asio::io_context& io, BatchResponder& responder, DeferredQueue& deferred,
              StoreWait& store_wait);
    TcpServer(const TcpServer&) = delete;
    TcpServer& operator=(const TcpServer&) = delete;

    // For the connections from now on.
    void use(const TcpLimits& limits, TlsContexts tls,
             std::shared_ptr<const HttpConfig> http) noexcept {
        context_.limits = limits;
        context_.http.use(std::move(http));
        tls_ = std::move(tls);
    }
    // Takes connections from sockets that listen; the transport says what is spoken on them.
    void serve(std::vector<FileDescriptor> sockets, Transport transport);

    // Takes no new connection, answers what has arrived, and closes each connection as soon as that
    // is sent, after two seconds in any case.
    void stop();

  private:
    using Descriptor = TcpConnection::Descriptor;
    using Place = TcpConnectionTable::Place;

    struct Listener {
        Descriptor socket;
        Transport transport;
    };

    boost::asio::awaitable<void> accept_from(Listener& listener);
    bool accept_waiting(Listener& listener);
    void start(FileDescriptor fd, const Client& client);
    std::shared_ptr<TcpConnection> make_connection(FileDescriptor fd, const Client& client);
    boost::asio::awaitable<void> converse(Place place);
    boost::asio::awaitable<void> sweep();

    boost::asio::io_context& io_;
    TcpContext context_;
    TlsContexts tls_;
    TcpConnectionTable connections_;
    std::deque<Listener> listeners_;
    bool sweeping_ = false;
    boost::asio::steady_timer sweeper_;
};

}  // namespace dnshist::responder
