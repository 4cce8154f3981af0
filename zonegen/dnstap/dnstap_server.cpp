#include "zonegen/dnstap/dnstap_server.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "zonegen/dnstap/frame_stream.hpp"

namespace dnshist::zonegen {

namespace asio = boost::asio;

namespace {

using Stream = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Stream>;
using Error = boost::system::error_code;

constexpr auto answered = asio::as_tuple(asio::use_awaitable);

// Before another try to take a sender, where the system has no descriptor left.
constexpr std::chrono::seconds before_accepting_again{1};
// Of a sender: to begin with, and at most, which any frame fits into.
constexpr std::size_t first_buffer_octets = std::size_t{64} << 10;
constexpr std::size_t max_buffer_octets = 2 * max_frame_octets;

// Whether the file is a socket at which nobody listens any more.
bool is_left_behind(asio::io_context& io, const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    asio::local::stream_protocol::socket socket(io);
    Error error;
    socket.connect(asio::local::stream_protocol::endpoint(path), error);
    return error == asio::error::connection_refused;
}

}  // namespace

struct DnstapServer::Listener {
    Listener(asio::io_context& io, conf::DnstapPlace where)
        : place(std::move(where)), acceptor(io), pause(io) {}

    conf::DnstapPlace place;
    Acceptor acceptor;
    asio::steady_timer pause;
    bool bound = false;  // the path is ours
};

struct DnstapServer::Sender {
    Sender(Stream::socket connected, std::string who)
        : socket(std::move(connected)),
          handshake(socket.get_executor()),
          name(std::move(who)),
          buffer(first_buffer_octets) {}

    Octets ahead() const noexcept { return Octets(buffer).subspan(begin, end - begin); }
    // To read on behind what is ahead, which is less than a whole frame.
    asio::mutable_buffer room() {
        std::memmove(buffer.data(), buffer.data() + begin, end - begin);
        end -= std::exchange(begin, 0);
        if (end > buffer.size() / 2 && buffer.size() < max_buffer_octets) {
            buffer.resize(2 * buffer.size());
        }
        return asio::buffer(buffer) + end;
    }

    Stream::socket socket;
    asio::steady_timer handshake;
    std::string name;
    ControlFrames control;
    std::vector<std::uint8_t> buffer;  // [begin, end) was read and not been looked at
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint64_t frames = 0;
    bool asked = false;    // for READY: it wants to be told FINISH
    bool started = false;  // between START and STOP
};

DnstapServer::DnstapServer(asio::io_context& io, const DnstapOptions& options, Limits limits,
                           DnstapReceiver receiver)
    : io_(io),
      limits_(limits),
      receiver_(std::move(receiver)),
      sink_{receiver_.observe,
            [this](std::uint64_t frame, std::string_view record, const Reject& reject) {
                receiver_.refuse(speaking_->name, frame, record, reject);
            }},
      observer_(options, sink_),
      room_(io, asio::steady_timer::time_point::max()) {}

DnstapServer::~DnstapServer() = default;

Result<conf::DnstapPlace> DnstapServer::listen(const conf::DnstapPlace& place) {
    auto listener = std::make_shared<Listener>(io_, place);
    if (const Error error = open(*listener)) {
        return Problem{"cannot take dnstap at " + conf::dnstap_place_text(place) + ": " +
                       error.message()};
    }
    listeners_.push_back(listener);
    asio::co_spawn(io_, accept(listener), asio::detached);
    return listener->place;
}

// Puts the port that was taken into the place.
Error DnstapServer::open(Listener& listener) {
    const bool is_unix = !listener.place.path.empty();
    const std::string path = listener.place.path.string();
    Acceptor& acceptor = listener.acceptor;
    Error error;
    Stream::endpoint endpoint;
    if (is_unix) {
        if (path.size() >= sizeof(sockaddr_un::sun_path)) return asio::error::name_too_long;
        if (is_left_behind(io_, path)) ::unlink(path.c_str());
        endpoint = asio::local::stream_protocol::endpoint(path);
    } else {
        const auto address = asio::ip::make_address(listener.place.endpoint.address, error);
        if (error) return error;
        endpoint = asio::ip::tcp::endpoint(address, listener.place.endpoint.port);
    }
    acceptor.open(endpoint.protocol(), error);
    if (error) return error;
    if (!is_unix) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error && endpoint.protocol().family() == AF_INET6) {
        acceptor.set_option(asio::ip::v6_only(true), error);
    }
    if (!error) acceptor.bind(endpoint, error);
    if (error) return error;
    if (is_unix) {
        // The group that the resolvers are in may connect.
        ::chmod(path.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP);
        listener.bound = true;
    } else {
        const Stream::endpoint local = acceptor.local_endpoint(error);
        asio::ip::tcp::endpoint bound;
        bound.resize(local.size());
        std::memcpy(bound.data(), local.data(), local.size());
        listener.place.endpoint.port = bound.port();
    }
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

asio::awaitable<void> DnstapServer::accept(std::shared_ptr<Listener> listener) {
    while (!stopping_) {
        auto [error, socket] = co_await listener->acceptor.async_accept(answered);
        if (stopping_) co_return;
        if (error) {
            receiver_.say("no sender can be taken at " + conf::dnstap_place_text(listener->place) +
                          ": " + error.message());
            listener->pause.expires_after(before_accepting_again);
            co_await listener->pause.async_wait(answered);
            continue;
        }
        const std::string name = "sender " + std::to_string(++numbers_) + " at " +
                                 conf::dnstap_place_text(listener->place);
        if (senders_.size() >= limits_.senders) {
            receiver_.say(name + ": turned away, there are " + std::to_string(limits_.senders) +
                          " already (listen.senders)");
            continue;
        }
        // So that one that vanished over TCP without a word does not stay for ever.
        if (listener->place.path.empty()) {
            socket.set_option(asio::socket_base::keep_alive(true), error);
        }
        auto sender = std::make_shared<Sender>(std::move(socket), name);
        senders_.insert(sender);
        asio::co_spawn(io_, serve(std::move(sender)), asio::detached);
    }
}

asio::awaitable<void> DnstapServer::serve(std::shared_ptr<Sender> sender) {
    receiver_.say(sender->name + ": connected");
    sender->handshake.expires_after(limits_.begin);
    sender->handshake.async_wait([weak = std::weak_ptr(sender)](Error error) {
        const auto late = weak.lock();
        if (!error && late && !late->started) late->socket.close(error);
    });
    const std::string end = co_await converse(*sender);
    sender->handshake.cancel();
    std::string line = sender->name + ": gone after " + std::to_string(sender->frames) + " frames";
    if (!end.empty()) line += ": " + end;
    receiver_.say(line);
    senders_.erase(sender);
}

// Takes frames until there are no more, and says why that is if it is not the sender's wish.
asio::awaitable<std::string> DnstapServer::converse(Sender& sender) {
    for (;;) {
        while (!stopping_ && receiver_.full())
            co_await room_.async_wait(answered);
        if (stopping_) co_return "dnshist stops";
        const Frame frame = next_frame(sender.ahead());
        std::string wrong;
        switch (frame.kind) {
            case Frame::Kind::data:
                if (!sender.started) co_return "it sent data before START";
                ++frames_;
                speaking_ = &sender;
                observer_.observe(++sender.frames, frame.payload);
                break;
            case Frame::Kind::control:
                wrong = co_await take_control(sender, frame.payload);
                if (!wrong.empty()) co_return wrong;
                break;
            case Frame::Kind::malformed:
                co_return "it sent a frame that is longer than any may be";
            case Frame::Kind::incomplete: {
                const auto [error, size] =
                    co_await sender.socket.async_read_some(sender.room(), answered);
                if (error == asio::error::eof && sender.ahead().empty()) co_return "";
                if (error == asio::error::eof) co_return "it ended within a frame";
                if (error && !sender.started && !stopping_) co_return "it sent no START";
                if (error && !stopping_) co_return error.message();
                sender.end += size;
                break;
            }
        }
        sender.begin += frame.octets;
    }
}

// What is wrong with it; empty where nothing is.
asio::awaitable<std::string> DnstapServer::take_control(Sender& sender, Octets payload) {
    using Type = ControlFrame::Type;
    const auto control = sender.control.read(payload);
    if (!control) co_return "it sent a malformed control frame";
    std::optional<Type> answer;
    switch (control->type) {
        case Type::ready:
            if (!control->dnstap) co_return "it has something else than dnstap";
            answer = Type::accept;
            break;
        case Type::start:
            if (!control->dnstap) co_return "it sends something else than dnstap";
            sender.started = true;
            sender.handshake.cancel();
            break;
        case Type::stop:
            sender.started = false;
            if (sender.asked) answer = Type::finish;
            break;
        case Type::accept:
        case Type::finish:
            co_return "it sent a control frame that is the other side's";
    }
    if (!answer) co_return "";
    sender.asked = true;
    const auto octets = sender.control.write(*answer);
    const auto [error, size] =
        co_await asio::async_write(sender.socket, asio::buffer(octets), answered);
    co_return error ? error.message() : "";
}

void DnstapServer::resume() {
    room_.cancel();
}

void DnstapServer::stop() {
    stopping_ = true;
    room_.cancel();
    Error ignored;
    for (const auto& listener : listeners_) {
        listener->acceptor.close(ignored);
        listener->pause.cancel();
        if (listener->bound) ::unlink(listener->place.path.c_str());
    }
    for (const auto& sender : senders_)
        sender->socket.close(ignored);
}

}  // namespace dnshist::zonegen
