// A worker's TCP connections (RFC 7766): messages with a length of two octets before each, as many
// as the client likes to send without waiting, answered in order.
//
// A client costs little for as long as it likes, and more only for a short time: an idle connection
// has no buffer of its own, a message begun must be whole within two seconds, and what the client
// does not read within the idle time-out is thrown away with the connection. Where there are as
// many connections as are allowed, the oldest that has not asked anything makes room for the new
// one, and else the one whose last question is longest ago: who holds connections open without
// parsed cannot lock out those who ask. Of one address no more than some are taken, and its own
// make room for more.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "responder/server/batch_responder.hpp"
#include "responder/server/deferred_queue.hpp"
#include "responder/server/sockets.hpp"

namespace boost::asio {
class io_context;
}

namespace dnshist::responder {

struct TcpLimits {
    std::size_t connections = 1000;  // of this worker
    std::size_t per_client = 100;    // of them, from one address
    std::size_t unsent = 4U << 20;   // octets of answers that clients do not read, all together
    std::chrono::seconds idle{10};   // without a whole message, or for reading an answer
};

class TcpServer {
  public:
    // Serves from the thread that runs `io`. The sockets listen.
    TcpServer(boost::asio::io_context& io, BatchResponder& answering, DeferredQueue& lane,
              std::vector<FileDescriptor> sockets, TcpLimits limits);
    ~TcpServer();
    TcpServer(const TcpServer&) = delete;
    TcpServer& operator=(const TcpServer&) = delete;

    void use(TcpLimits limits) noexcept;

    // Takes no new connection, answers what has arrived, and closes each connection as soon as that
    // is sent, after two seconds in any case.
    void stop();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::responder
