// A Unix or TCP socket at which the senders of dnstap connect.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include "conf/settings.hpp"

namespace dnshist::zonegen {

class DnstapListener {
  public:
    DnstapListener(boost::asio::io_context& io, conf::DnstapPlace place);
    DnstapListener(const DnstapListener&) = delete;
    DnstapListener& operator=(const DnstapListener&) = delete;

    // Binds and listens. A socket file at which no process listens any more is replaced.
    boost::system::error_code open();
    // Cancels what waits, and removes the socket file.
    void close();

    // With the port that was bound.
    const conf::DnstapPlace& place() const noexcept { return place_; }
    bool is_unix() const noexcept { return !place_.path.empty(); }

    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor;
    boost::asio::steady_timer retry;  // for a pause after a failed accept

  private:
    boost::asio::io_context& io_;
    conf::DnstapPlace place_;
    bool bound_ = false;  // the socket file is ours
};

}  // namespace dnshist::zonegen
