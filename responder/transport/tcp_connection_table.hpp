// The TCP connections of a worker: which client is let in, and which makes room.
//
// Where there are as many connections as are allowed, the oldest that has not asked anything makes
// room for the new one, and else the one whose last question is longest ago: clients that hold
// connections open without a question cannot lock out those that ask. One address has a limit of
// its own, within which its own connections make room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>

#include "responder/observe/counters.hpp"
#include "responder/transport/tcp_connection.hpp"

namespace dnshist::responder {

class TcpConnectionTable {
  public:
    using Connections = std::list<std::shared_ptr<TcpConnection>>;
    using Place = Connections::iterator;

    explicit TcpConnectionTable(Counters& counters) noexcept : counters_(counters) {}

    // Lets the connection in, after those above the limits are closed for it.
    Place admit(std::shared_ptr<TcpConnection> connection, const TcpLimits& limits);
    // Closes the one that would make room for another; false where there is none.
    bool close_oldest() { return close_oldest(nullptr); }
    // Wakes the coroutine that waits for the socket; the connection stays until it is erased.
    void close(TcpConnection& connection);
    void erase(Place connection);
    // A whole message was received: it is now the last to make room.
    void note_message(Place connection);

    // Closed ones among them, until they are erased.
    Connections& all() noexcept { return connections_; }
    bool empty() const noexcept { return connections_.empty(); }

  private:
    void make_room(const TcpConnection& connection, const TcpLimits& limits);
    bool close_oldest(const Client* of);
    void count_open() noexcept { counters_.tcp_open.set(open_); }

    Counters& counters_;
    // First those that have not sent a whole message yet, by age; from first_asked_ on the others,
    // by their last whole message.
    Connections connections_;
    Place first_asked_ = connections_.end();
    std::size_t open_ = 0;
    std::map<std::array<std::uint8_t, 16>, std::size_t> open_by_address_;
};

}  // namespace dnshist::responder
