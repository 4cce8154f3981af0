#include "responder/transport/tcp_server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "responder/observe/log.hpp"
#include "responder/transport/dns_connection.hpp"
#include "responder/transport/http_connection.hpp"
#include "responder/transport/sockets.hpp"

namespace dnshist::responder {

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::error_code;
using Clock = TcpContext::Clock;
using namespace std::chrono_literals;

namespace {

constexpr auto stop_timeout = 2s;
constexpr auto sweep_interval = 250ms;

OncePerMinute failures;

// Completes with an error instead of throwing it.
constexpr auto without_exceptions = asio::as_tuple(asio::use_awaitable);

void report_failure(const std::exception_ptr& failure) {
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        log_warning(failures, std::string("a TCP connection failed: ") + error.what());
    }
}

}  // namespace

TcpServer::TcpServer(asio::io_context& io, BatchResponder& responder, DeferredQueue& deferred,
                     StoreWait& store_wait)
    : io_(io),
      context_{responder, deferred, store_wait},
      connections_(responder.counters()),
      sweeper_(io) {}

void TcpServer::serve(std::vector<FileDescriptor> sockets, Transport transport) {
    for (FileDescriptor& socket : sockets) {
        Listener& listener =
            listeners_.emplace_back(Listener{Descriptor(io_, socket.release()), transport});
        asio::co_spawn(io_, accept_from(listener), report_failure);
    }
}

awaitable<void> TcpServer::accept_from(Listener& listener) {
    while (listener.socket.is_open()) {
        co_await listener.socket.async_wait(Descriptor::wait_read, without_exceptions);
        if (listener.socket.is_open() && !accept_waiting(listener)) {
            // The listener stays readable: without a pause this would be a busy loop.
            asio::steady_timer pause(io_, 100ms);
            co_await pause.async_wait(without_exceptions);
        }
    }
}

// False where the process lacks what a further connection needs.
bool TcpServer::accept_waiting(Listener& listener) {
    try {
        for (unsigned count = 0; count < 64; ++count) {
            sockaddr_storage peer{};
            socklen_t size = sizeof peer;
            FileDescriptor fd(::accept4(listener.socket.native_handle(),
                                        reinterpret_cast<sockaddr*>(&peer), &size,
                                        SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (fd.get() >= 0) {
                start(std::move(fd), client_of(peer, listener.transport));
            } else if (errno == EAGAIN) {
                return true;
            } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                const int lacking = errno;
                if (!connections_.close_oldest()) {
                    throw std::system_error(lacking, std::generic_category(), "accept");
                }
            }  // else the client has gone already
        }
        return true;
    } catch (const std::exception& error) {
        log_warning(failures, std::string("cannot take a TCP connection: ") + error.what());
        return false;
    }
}

void TcpServer::start(FileDescriptor fd, const Client& client) {
    const Place connection =
        connections_.admit(make_connection(std::move(fd), client), context_.limits);
    (*connection)->renew_deadline();
    try {
        asio::co_spawn(io_, converse(connection), report_failure);
        // Both may have run to their end when co_spawn() returns: a client that has gone already.
        if (!std::exchange(sweeping_, true)) asio::co_spawn(io_, sweep(), report_failure);
    } catch (...) {
        connections_.erase(connection);
        throw;
    }
}

std::shared_ptr<TcpConnection> TcpServer::make_connection(FileDescriptor fd, const Client& client) {
    switch (client.transport) {
        case Transport::https:
            return std::make_shared<HttpConnection>(context_, io_, std::move(fd), client,
                                                    tls_.http);
        case Transport::http:
            return std::make_shared<HttpConnection>(context_, io_, std::move(fd), client, nullptr);
        case Transport::tls:
            return std::make_shared<DnsConnection>(context_, io_, std::move(fd), client, tls_.dns);
        default:
            return std::make_shared<DnsConnection>(context_, io_, std::move(fd), client, nullptr);
    }
}

awaitable<void> TcpServer::converse(Place place) {
    struct Leave {
        ~Leave() {
            server.connections_.erase(place);
            if (server.connections_.empty()) server.sweeper_.cancel();
        }
        TcpServer& server;
        Place place;
    };
    const Leave leave{*this, place};
    TcpConnection* const connection = place->get();

    while (connection->open()) {
        const TcpConnection::Turn turn = connection->take_turn();
        if (!connection->counted()) connections_.note_payer(*connection, context_.limits);
        if (turn.progress) connections_.note_message(place);
        switch (turn.next) {
            case TcpConnection::Next::turn:
                co_await asio::post(io_, asio::use_awaitable);
                break;
            case TcpConnection::Next::deferred: {
                Waited turned;
                turned.budget = co_await context_.deferred.wait();
                connection->set_turn(turned);
                break;
            }
            case TcpConnection::Next::store: {
                const StoreTicket ticket = connection->ticket();
                Waited turned = connection->waited();
                turned = co_await context_.store_wait.wait(ticket, std::move(turned));
                connection->set_turn(turned);
                break;
            }
            case TcpConnection::Next::read:
                co_await connection->socket().async_wait(Descriptor::wait_read, without_exceptions);
                break;
            case TcpConnection::Next::write:
                co_await connection->socket().async_wait(Descriptor::wait_write,
                                                         without_exceptions);
                break;
            case TcpConnection::Next::wake: {
                // Nothing but a cancelled wait is for us: the peer has reset the connection, or
                // sent urgent data, which would end each further wait at once.
                const auto [error] = co_await connection->socket().async_wait(
                    Descriptor::wait_error, without_exceptions);
                if (error != asio::error::operation_aborted) co_return;
                break;
            }
            case TcpConnection::Next::pause: {
                asio::steady_timer pause(io_, 20ms);
                co_await pause.async_wait(without_exceptions);
                break;
            }
            case TcpConnection::Next::close:
                co_return;
        }
    }
}

// Closes the connections whose clients have had their time.
awaitable<void> TcpServer::sweep() {
    struct End {
        ~End() { sweeping = false; }  // the next client begins another
        bool& sweeping;
    };
    const End end{sweeping_};
    while (!connections_.empty()) {
        sweeper_.expires_after(sweep_interval);
        co_await sweeper_.async_wait(without_exceptions);
        const auto now = Clock::now();
        for (const auto& connection : connections_.all()) {
            if (connection->deadline() > now || !connection->open()) continue;
            try {
                connection->time_out();
            } catch (...) {
                report_failure(std::current_exception());
            }
            connections_.close(*connection);
        }
    }
}

void TcpServer::stop() {
    error_code ignored;
    for (Listener& listener : listeners_) {
        accept_waiting(listener);
        listener.socket.close(ignored);
    }
    context_.stop_deadline = Clock::now() + stop_timeout;
    for (const auto& connection : connections_.all()) {
        connection->limit_deadline(*context_.stop_deadline);
        if (connection->open()) connection->socket().cancel(ignored);
    }
}

}  // namespace dnshist::responder
