// A worker's UDP sockets: datagrams in batches from the kernel, each answered to where it came
// from.
//
// Nothing is kept from one datagram to the next but for questions that are deferred or wait for a
// cluster. An answer that the
// kernel does not take at once is dropped, as the network might have done: the client asks again.
#pragma once

#include <memory>
#include <vector>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/dispatch/deferred_queue.hpp"
#include "responder/dispatch/store_wait.hpp"
#include "responder/transport/sockets.hpp"

namespace boost::asio {
class io_context;
}

namespace dnshist::responder {

class UdpServer {
  public:
    // Serves from the thread that runs `io`.
    UdpServer(boost::asio::io_context& io, BatchResponder& responder, DeferredQueue& deferred,
              StoreWait& store_wait, std::vector<FileDescriptor> sockets);
    ~UdpServer();
    UdpServer(const UdpServer&) = delete;
    UdpServer& operator=(const UdpServer&) = delete;

    // Answers what has arrived and closes the sockets.
    void stop();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::responder
