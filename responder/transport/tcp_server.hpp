// A worker's TCP connections (RFC 7766), some of them within TLS (RFC 7858): messages with a length
// of two octets before each, as many as the client likes to send without waiting, answered in
// order.
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
#include "responder/transport/tcp_connection.hpp"
#include "responder/transport/tcp_connection_table.hpp"
#include "storage/base/file_descriptor.hpp"

namespace dnshist::responder {

class TcpServer {
  public:
    // Serves from the thread that runs `io`.
    TcpServer(boost::asio::io_context& io, BatchResponder& responder, DeferredQueue& deferred);
    TcpServer(const TcpServer&) = delete;
    TcpServer& operator=(const TcpServer&) = delete;

    // For the connections from now on.
    void use(const TcpLimits& limits, std::shared_ptr<const TlsContext> tls) noexcept {
        context_.limits = limits;
        context_.tls = std::move(tls);
    }
    // Takes connections from sockets that listen; with Transport::tls their octets are within TLS.
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
    boost::asio::awaitable<void> converse(Place connection);
    boost::asio::awaitable<void> sweep();

    boost::asio::io_context& io_;
    TcpContext context_;
    TcpConnectionTable connections_;
    std::deque<Listener> listeners_;
    bool sweeping_ = false;
    boost::asio::steady_timer sweeper_;
};

}  // namespace dnshist::responder
