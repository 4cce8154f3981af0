// One TCP connection, in the clear or within TLS: what was received and not answered, what was
// answered and not sent, and what it waits for.
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
#include "responder/message/client.hpp"
#include "responder/message/framing.hpp"
#include "responder/tls/stream.hpp"
#include "responder/transport/tcp_limits.hpp"

namespace dnshist::responder {

// State that the connections of a worker share.
struct TcpContext {
    using Clock = std::chrono::steady_clock;

    BatchResponder& responder;
    DeferredQueue& deferred;
    TcpLimits limits;
    std::shared_ptr<const TlsContext> tls;
    std::size_t unsent = 0;  // octets of answers that clients have not read
    std::optional<Clock::time_point> stop_deadline{};
    // Scratch of the connection whose turn it is; nothing stays in it across a wait.
    std::array<std::uint8_t, length_octets + request_octets> input{};
    std::array<std::uint8_t, 2 * (length_octets + max_tcp_octets)> output{};
};

class TcpConnection {
  public:
    using Clock = TcpContext::Clock;
    using Descriptor = boost::asio::posix::stream_descriptor;

    // Takes over `fd`, which does not block. Within TLS if there is a context.
    TcpConnection(boost::asio::io_context& io, int fd, const Client& client,
                  std::shared_ptr<const TlsContext> tls)
        : stream_(fd, std::move(tls)), socket_(io, fd), client_(client) {}

    const Client& client() const noexcept { return client_; }
    Descriptor& socket() noexcept { return socket_; }
    bool open() const { return socket_.is_open(); }
    void close() {
        boost::system::error_code ignored;
        stream_.close();
        socket_.close(ignored);
    }

    // The next event: another turn, octets from the client, room for octets to the client, its turn
    // among the deferred, or none.
    enum class Next : std::uint8_t { turn, read, write, deferred, close };
    struct Turn {
        Next next = Next::close;
        bool progress = false;  // a whole message was answered
    };
    // Sends, reads and answers as much as is possible at once, of a batch of messages at most.
    Turn take_turn(TcpContext& context);
    // The budget of the message at the front, after its turn among the deferred has come.
    void set_budget(Budget budget) noexcept { budget_ = budget; }

    // When the client has had its time: to go on with a message begun, to read, or to ask.
    Clock::time_point deadline() const noexcept { return deadline_; }
    void renew_deadline(const TcpContext& context);
    void limit_deadline(Clock::time_point latest) noexcept {
        deadline_ = std::min(deadline_, latest);
    }

    // Lets go of what was not sent.
    void release_unsent(TcpContext& context);

  private:
    std::optional<std::size_t> answer(TcpContext& context, Octets& requests);
    Response answer_one(TcpContext& context, Octets request, std::span<std::uint8_t> room);
    bool send(TcpContext& context, std::size_t size);
    bool send_unsent(TcpContext& context);

    Stream stream_;
    Descriptor socket_;
    Client client_;
    std::vector<std::uint8_t> received_;  // what is left of the last read: a message begun, or more
    std::vector<std::uint8_t> unsent_;  // answers, from unsent_begin_, that the kernel did not take
    std::size_t unsent_begin_ = 0;
    bool deferred_ = false;         // the message at the front is
    std::optional<Budget> budget_;  // its, once its turn has come
    Clock::time_point deadline_;
    bool last_ = false;  // to be closed as soon as all is sent
};

}  // namespace dnshist::responder
