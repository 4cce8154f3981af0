// Notifications to systemd (sd_notify(3)): the responder is ready, reloads, stops, or is well.
//
// sd_notify() blocks while the queue of systemd's socket is full, which it is after as few as ten
// messages: a slow systemd would hold up the thread that receives signals, and a SIGHUP would seem
// lost. So a message that the socket does not take waits here, in order.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <deque>
#include <string>

namespace dnshist::responder {

class ServiceManager {
  public:
    // Sends from the thread that runs `io`. Nothing is sent where there is no $NOTIFY_SOCKET.
    explicit ServiceManager(boost::asio::io_context& io);

    void tell_ready() { tell("READY=1"); }
    void tell_reloading();
    // Left out while other messages wait: it says nothing that will be true later.
    void tell_alive();
    // The last message, in place of those that wait; does not wait itself.
    void tell_stopping();

  private:
    void tell(std::string state);
    bool connect();
    void send_next();

    boost::asio::local::datagram_protocol::socket socket_;
    std::string path_;
    std::deque<std::string> waiting_;
};

}  // namespace dnshist::responder
