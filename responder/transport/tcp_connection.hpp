// One TCP connection, in the clear or within TLS: its socket, what was written and not sent, and
// what it waits for. A derived class says what is spoken on it.
//
// An idle connection has no buffer of its own: it works in buffers that all connections of the
// worker share, and keeps between two turns only what is left over.
#pragma once

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/dispatch/deferred_queue.hpp"
#include "responder/dispatch/store_wait.hpp"
#include "responder/message/client.hpp"
#include "responder/message/framing.hpp"
#include "responder/tls/stream.hpp"
#include "responder/transport/tcp_limits.hpp"
#include "responder/web/http_service.hpp"
#include "storage/base/file_descriptor.hpp"

namespace dnshist::responder {

// State that the connections of a worker share.
struct TcpContext {
    using Clock = std::chrono::steady_clock;

    BatchResponder& responder;
    DeferredQueue& deferred;
    StoreWait& store_wait;
    HttpService http{responder, store_wait};
    TcpLimits limits{};
    std::size_t unsent = 0;  // octets of answers that clients have not read
    std::optional<Clock::time_point> stop_deadline{};
    // Scratch of the connection whose turn it is; nothing stays in it across a wait.
    std::array<std::uint8_t, 16384> input{};
    std::array<std::uint8_t, 2 * (length_octets + max_tcp_octets)> output{};
};

class TcpConnection {
  public:
    using Clock = TcpContext::Clock;
    using Descriptor = boost::asio::posix::stream_descriptor;

    // The socket does not block. Within TLS if there is a TLS context. `context` must outlive the
    // connection.
    TcpConnection(TcpContext& context, boost::asio::io_context& io, FileDescriptor socket,
                  const Client& client, std::shared_ptr<const TlsContext> tls);
    virtual ~TcpConnection() { release_unsent(); }
    TcpConnection(const TcpConnection&) = delete;
    TcpConnection& operator=(const TcpConnection&) = delete;

    // Whose connections are limited together: the address that connected, or the client behind a
    // trusted proxy. Null while that is not known, and where the proxy connected for itself: its
    // connections are those of many clients.
    const Client* payer() const noexcept {
        return is_proxied_ && (expects_proxy_header_ || is_of_proxy_) ? nullptr : &client_;
    }
    // Whether the table of connections counts it as its payer's.
    bool counted() const noexcept { return counted_; }
    void set_counted(bool counted) noexcept { counted_ = counted; }
    Descriptor& socket() noexcept { return socket_; }
    bool open() const { return socket_.is_open(); }
    virtual void close();

    // The next event: another turn, octets from the client, room for octets to the client, its turn
    // among the deferred, a part of a store in a cluster, to be woken (by a cancelled wait), a turn
    // when some time has passed, or none.
    enum class Next : std::uint8_t { turn, read, write, deferred, store, wake, pause, close };
    struct Turn {
        Next next = Next::close;
        bool progress = false;  // a whole message was answered, or waits for its turn
    };
    // Sends, reads and answers as much as is possible at once, of a batch of messages at most.
    Turn take_turn();
    // How the message at the front is answered now that what it waited for has come.
    virtual void set_turn(const Waited&) {}
    // The reads that it waits for, where it waits for a part of the store.
    virtual StoreTicket ticket() const noexcept { return {}; }
    virtual Waited waited() const { return {}; }

    // When the client has had its time: to go on with a message begun, to read, or to ask.
    Clock::time_point deadline() const noexcept { return deadline_; }
    void renew_deadline();
    void limit_deadline(Clock::time_point latest) noexcept {
        deadline_ = std::min(deadline_, latest);
    }
    // The client has had its time: says so, where there is a way.
    virtual void time_out() {}

  protected:
    // take_turn() once it is known who the client is.
    virtual Turn advance() = 0;
    // Whether the client has begun a message and is to go on with it.
    virtual bool has_begun() const = 0;

    TcpContext& context() noexcept { return context_; }
    Stream& stream() noexcept { return stream_; }
    const Client& client() const noexcept { return client_; }
    // Whether a proxy connected for itself, so that it is unknown whether the client is on
    // loopback.
    bool is_of_proxy() const noexcept { return is_of_proxy_; }
    // Sends the first octets of the output, and keeps what the kernel does not take. False where
    // the connection is of no more use.
    bool send(std::size_t size);
    // What was kept. False likewise.
    bool send_unsent();
    bool has_unsent() const noexcept { return !unsent_.empty(); }

  private:
    std::optional<Turn> read_proxy_header();
    void release_unsent();

    TcpContext& context_;
    Stream stream_;
    Descriptor socket_;
    Client client_;
    bool is_proxied_;
    bool expects_proxy_header_ = is_proxied_;
    bool is_of_proxy_ = false;
    bool counted_ = false;
    std::vector<std::uint8_t> proxy_header_;  // what has come of it
    std::vector<std::uint8_t> unsent_;  // answers, from unsent_begin_, that the kernel did not take
    std::size_t unsent_begin_ = 0;
    Clock::time_point deadline_;
};

}  // namespace dnshist::responder
