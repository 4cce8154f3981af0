// Receives dnstap from the servers that send it: the listening side of Frame Streams, over Unix and
// TCP sockets, from any number of senders that connect and disconnect at will.
//
// Each sender is served by a coroutine with a buffer of its own. All of them run in one thread and
// share one observer. Senders are not authenticated: whoever can connect can write history, so a
// TCP address must be reachable only from the loopback or from trusted networks.
#pragma once

#include <boost/asio/awaitable.hpp>
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
#include "zonegen/dnstap/dnstap_listener.hpp"
#include "zonegen/dnstap/dnstap_observer.hpp"
#include "zonegen/feed/reader.hpp"

namespace dnshist::zonegen {

// The callbacks of a server.
struct DnstapReceiver {
    std::function<void(const Observation&)> observe;
    // `sender` is a name for messages: "sender 3 at unix:/run/dnshist/dnstap.sock".
    std::function<void(const std::string& sender, std::uint64_t frame, std::string_view record,
                       const Reject& reject)>
        refuse;
    CheckTime check_time{};  // see Sink
    // True while the receiver can take nothing more, until it calls DnstapServer::resume().
    std::function<bool()> full;
    std::function<void(const std::string& line)> log;
};

class DnstapServer {
  public:
    struct Limits {
        std::uint32_t senders = 64;              // connected at once
        std::chrono::milliseconds begin{30000};  // from connecting to START
    };

    DnstapServer(boost::asio::io_context& io, const DnstapOptions& options, Limits limits,
                 DnstapReceiver receiver);
    ~DnstapServer();
    DnstapServer(const DnstapServer&) = delete;
    DnstapServer& operator=(const DnstapServer&) = delete;

    // Listens at the place, and returns it with the port that was bound.
    Result<conf::DnstapPlace> listen(const conf::DnstapPlace& place);
    // receiver.full() has become false.
    void resume();
    // Stops listening and reading, and removes the socket files.
    void stop();

    std::size_t senders() const noexcept { return senders_.size(); }
    std::uint64_t frames() const noexcept { return frames_; }
    std::uint64_t octets() const noexcept { return octets_; }  // received
    // DnstapObserver::passed_over().
    std::string passed_over() const { return observer_.passed_over(); }

  private:
    struct Sender;

    boost::asio::awaitable<void> accept(std::shared_ptr<DnstapListener> listener);
    boost::asio::awaitable<void> serve(std::shared_ptr<Sender> sender);
    boost::asio::awaitable<std::string> read_frames(Sender& sender);
    boost::asio::awaitable<boost::system::error_code> receive(Sender& sender);
    boost::asio::awaitable<std::string> handle_control(Sender& sender, Octets payload);

    boost::asio::io_context& io_;
    Limits limits_;
    DnstapReceiver receiver_;
    const Sender* current_ = nullptr;  // whose frame is being observed
    Sink sink_;
    DnstapObserver observer_;
    boost::asio::steady_timer resumed_;  // cancelled by resume()
    std::vector<std::shared_ptr<DnstapListener>> listeners_;
    std::set<std::shared_ptr<Sender>> senders_;
    bool stopping_ = false;
    std::uint64_t frames_ = 0;
    std::uint64_t octets_ = 0;
    std::uint64_t last_number_ = 0;  // of a sender
};

}  // namespace dnshist::zonegen
