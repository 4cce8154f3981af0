#include "zonegen/dnstap/dnstap_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "zonegen/dnstap/frame_stream.hpp"

namespace dnshist::zonegen {

namespace asio = boost::asio;

namespace {

using Stream = asio::generic::stream_protocol;
using Error = boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// Pause after a failed accept, such as for lack of file descriptors.
constexpr std::chrono::seconds accept_retry{1};

}  // namespace

struct DnstapServer::Sender {
    Sender(Stream::socket connected, std::string sender_name)
        : socket(std::move(connected)),
          handshake_timeout(socket.get_executor()),
          name(std::move(sender_name)) {}

    Stream::socket socket;
    asio::steady_timer handshake_timeout;
    std::string name;
    ControlFrames control;
    FrameBuffer buffer;
    std::uint64_t frames = 0;
    bool bidirectional = false;  // it sent READY, and expects FINISH after STOP
    bool started = false;        // between START and STOP
    bool reading = false;        // waits for octets, and for nothing else
};

DnstapServer::DnstapServer(asio::io_context& io, const DnstapOptions& options, Limits limits,
                           DnstapReceiver receiver)
    : io_(io),
      limits_(limits),
      receiver_(std::move(receiver)),
      sink_{receiver_.observe,
            [this](std::uint64_t frame, std::string_view record, const Reject& reject) {
                receiver_.refuse(current_->name, frame, record, reject);
            },
            receiver_.check_time},
      observer_(options, sink_),
      resumed_(io, asio::steady_timer::time_point::max()) {}

DnstapServer::~DnstapServer() = default;

Result<conf::DnstapPlace> DnstapServer::listen(const conf::DnstapPlace& place) {
    auto listener = std::make_shared<DnstapListener>(io_, place);
    if (const Error error = listener->open()) {
        return Problem{"cannot take dnstap at " + conf::dnstap_place_text(place) + ": " +
                       error.message()};
    }
    listeners_.push_back(listener);
    asio::co_spawn(io_, accept(listener), asio::detached);
    return listener->place();
}

asio::awaitable<void> DnstapServer::accept(std::shared_ptr<DnstapListener> listener) {
    while (!stopping_) {
        auto [error, socket] = co_await listener->acceptor.async_accept(as_result);
        if (stopping_) co_return;
        if (error) {
            receiver_.log("no sender can be taken at " +
                          conf::dnstap_place_text(listener->place()) + ": " + error.message());
            listener->retry.expires_after(accept_retry);
            co_await listener->retry.async_wait(as_result);
            continue;
        }
        const std::string name = "sender " + std::to_string(++last_number_) + " at " +
                                 conf::dnstap_place_text(listener->place());
        if (senders_.size() >= limits_.senders) {
            receiver_.log(name + ": turned away, there are " + std::to_string(limits_.senders) +
                          " already (listen.senders)");
            continue;
        }
        // So that a sender whose host has vanished does not stay connected for ever.
        if (!listener->is_unix()) {
            socket.set_option(asio::socket_base::keep_alive(true), error);
        }
        auto sender = std::make_shared<Sender>(std::move(socket), name);
        senders_.insert(sender);
        asio::co_spawn(io_, serve(std::move(sender)), asio::detached);
    }
}

asio::awaitable<void> DnstapServer::serve(std::shared_ptr<Sender> sender) {
    receiver_.log(sender->name + ": connected");
    sender->handshake_timeout.expires_after(limits_.begin);
    sender->handshake_timeout.async_wait([weak = std::weak_ptr(sender)](Error error) {
        const auto late = weak.lock();
        if (!error && late && !late->started) late->socket.close(error);
    });
    const std::string end = co_await read_frames(*sender);
    sender->handshake_timeout.cancel();
    std::string line = sender->name + ": gone after " + std::to_string(sender->frames) + " frames";
    if (!end.empty()) line += ": " + end;
    receiver_.log(line);
    senders_.erase(sender);
}

// Reads frames until the stream ends. The reason for the end; empty if the sender ended it
// properly.
asio::awaitable<std::string> DnstapServer::read_frames(Sender& sender) {
    for (;;) {
        while (receiver_.full()) {
            if (stopping_) co_return "dnshist stops";
            co_await resumed_.async_wait(as_result);
        }
        const Frame frame = next_frame(sender.buffer.ahead());
        std::string fault;
        switch (frame.kind) {
            case Frame::Kind::data:
                if (!sender.started) co_return "it sent data before START";
                ++frames_;
                current_ = &sender;
                observer_.observe(++sender.frames, frame.payload);
                break;
            case Frame::Kind::control:
                if (stopping_) co_return "dnshist stops";
                fault = co_await handle_control(sender, frame.payload);
                if (!fault.empty()) co_return fault;
                break;
            case Frame::Kind::malformed:
                co_return "it sent a frame that is longer than any may be";
            case Frame::Kind::incomplete:
                if (stopping_) co_return "dnshist stops";
                if (const Error error = co_await receive(sender); error && !stopping_) {
                    const bool cut = !sender.buffer.ahead().empty();
                    if (error == asio::error::eof) co_return cut ? "it ended within a frame" : "";
                    co_return sender.started ? error.message() : "it sent no START";
                }
                break;
        }
        sender.buffer.consume(frame.octets);
    }
}

// Receives what has come, behind what is in the buffer.
asio::awaitable<Error> DnstapServer::receive(Sender& sender) {
    const auto space = sender.buffer.space();
    sender.reading = true;
    const auto [error, size] = co_await sender.socket.async_read_some(
        asio::mutable_buffer(space.data(), space.size()), as_result);
    sender.reading = false;
    sender.buffer.filled(size);
    octets_ += size;
    co_return error;
}

// The fault of the control frame; empty if there is none.
asio::awaitable<std::string> DnstapServer::handle_control(Sender& sender, Octets payload) {
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
            sender.handshake_timeout.cancel();
            break;
        case Type::stop:
            sender.started = false;
            if (sender.bidirectional) answer = Type::finish;
            break;
        case Type::accept:
        case Type::finish:
            co_return "it sent a control frame that is the other side's";
    }
    if (!answer) co_return "";
    sender.bidirectional = true;
    const auto octets = sender.control.write(*answer);
    const auto [error, size] =
        co_await asio::async_write(sender.socket, asio::buffer(octets), as_result);
    co_return error ? error.message() : "";
}

void DnstapServer::resume() {
    resumed_.cancel();
}

void DnstapServer::stop() {
    stopping_ = true;
    resumed_.cancel();
    for (const auto& listener : listeners_)
        listener->close();
    Error ignored;
    for (const auto& sender : senders_) {
        // What has come is still taken.
        const bool comes = sender->reading && sender->socket.available(ignored) != 0;
        if (!comes) sender->socket.close(ignored);
    }
}

}  // namespace dnshist::zonegen
