// Takes dnstap from the servers that send it: the listening side of Frame Streams, over Unix and
// TCP sockets, from any number of senders that come and go as they like.
//
// A sender is served by a coroutine with a buffer of its own, all of them in one thread and through
// one observer. Nobody is known by who connects: a TCP address that strangers reach lets them write
// history, so it is for the loopback and for networks of one's own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conf/settings.hpp"
#include "storage/base/result.hpp"
#include "zonegen/dnstap/dnstap_observer.hpp"
#include "zonegen/feed/reader.hpp"

namespace dnshist::zonegen {

// Who takes what the senders say.
struct DnstapReceiver {
    std::function<void(const Observation&)> observe;
    // `sender` as in messages: "sender 3 at unix:/run/dnshist/dnstap.sock".
    std::function<void(const std::string& sender, std::uint64_t frame, std::string_view record,
                       const Reject& reject)>
        refuse;
    // Nothing more is to be observed before DnstapServer::resume().
    std::function<bool()> full;
    std::function<void(const std::string& line)> say;
};

class DnstapServer {
  public:
    struct Limits {
        std::uint32_t senders = 64;              // at once
        std::chrono::milliseconds begin{30000};  // from connecting to START
    };

    DnstapServer(boost::asio::io_context& io, const DnstapOptions& options, Limits limits,
                 DnstapReceiver receiver);
    ~DnstapServer();
    DnstapServer(const DnstapServer&) = delete;
    DnstapServer& operator=(const DnstapServer&) = delete;

    // Takes senders at the place; gives it back with the port that was taken. The problem says what
    // is in the way. A socket file that nobody listens at any more is replaced.
    Result<conf::DnstapPlace> listen(const conf::DnstapPlace& place);
    // There is room again.
    void resume();
    // Takes nothing more, and takes the socket files away.
    void stop();

    std::size_t senders() const noexcept { return senders_.size(); }
    std::uint64_t frames() const noexcept { return frames_; }
    // See DnstapObserver.
    std::string passed_over() const { return observer_.passed_over(); }

  private:
    struct Listener;
    struct Sender;

    boost::system::error_code open(Listener& listener);
    boost::asio::awaitable<void> accept(std::shared_ptr<Listener> listener);
    boost::asio::awaitable<void> serve(std::shared_ptr<Sender> sender);
    boost::asio::awaitable<std::string> converse(Sender& sender);
    boost::asio::awaitable<std::string> take_control(Sender& sender, Octets payload);

    boost::asio::io_context& io_;
    Limits limits_;
    DnstapReceiver receiver_;
    const Sender* speaking_ = nullptr;  // whose frame is being observed
    Sink sink_;
    DnstapObserver observer_;
    boost::asio::steady_timer room_;
    std::vector<std::shared_ptr<Listener>> listeners_;
    std::set<std::shared_ptr<Sender>> senders_;
    bool stopping_ = false;
    std::uint64_t frames_ = 0;
    std::uint64_t numbers_ = 0;  // given to senders
};

}  // namespace dnshist::zonegen
