#include "responder/server/tcp_server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "responder/message/framing.hpp"
#include "responder/observe/log.hpp"

namespace dnshist::responder {

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Descriptor = asio::posix::stream_descriptor;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t message_octets = 65535;
constexpr unsigned batch_size = 32;   // messages answered from one state of the store
constexpr auto message_timeout = 2s;  // from a message's first octet to its last
constexpr auto stop_timeout = 2s;
constexpr auto sweep_interval = 250ms;

OncePerMinute failures;

// Completes with an error instead of throwing it.
constexpr auto waiting = asio::as_tuple(asio::use_awaitable);

void report_failure(const std::exception_ptr& failure) {
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        log_warning(failures, std::string("a TCP connection failed: ") + error.what());
    }
}

struct Connection {
    Connection(asio::io_context& io, int fd, const Client& who) : socket(io, fd), client(who) {}

    bool open() const { return socket.is_open(); }

    Descriptor socket;
    Client client;
    std::vector<std::uint8_t> received;  // what is left of the last read: a message begun, or more
    std::vector<std::uint8_t> unsent;    // answers, from unsent_begin, that the kernel did not take
    std::size_t unsent_begin = 0;
    // The message at the front wants more work than others should wait for: it waits in the slow
    // lane, and then has its turn.
    bool costly = false;
    std::optional<Budget> turn;
    Clock::time_point deadline;  // when it is closed
    bool last = false;           // to be closed as soon as all is sent
};

using Connections = std::list<Connection>;

// What a connection waits for: its turn, its turn in the slow lane, octets from its client, room
// for octets to its client, or nothing any more.
enum class Next : std::uint8_t { turn, lane, read, write, close };

}  // namespace

struct TcpServer::State {
    State(asio::io_context& io_, BatchResponder& answering_, DeferredQueue& lane_,
          TcpLimits limits_)
        : io(io_), answering(answering_), lane(lane_), limits(limits_), sweeper(io) {}

    awaitable<void> accept_from(Descriptor& listener);
    bool accept_waiting(int listener);
    void admit(FileDescriptor fd, const Client& client);
    void make_room(const Client& client);
    void close_oldest(const Client* of);
    void close(Connection& connection);
    void count_open() noexcept { answering.counters().tcp_open.set(open_connections); }
    void erase(Connections::iterator connection);
    void note_message(Connections::iterator connection);

    awaitable<void> converse(Connections::iterator connection);
    Next take_turn(Connections::iterator connection);
    awaitable<Budget> wait_in_lane();
    std::optional<std::size_t> answer(Connection& connection, Octets& requests);
    Response answer_one(Connection& connection, Octets request, std::span<std::uint8_t> room);
    bool send(Connection& connection, std::size_t size);
    bool send_unsent(Connection& connection);
    void release_unsent(Connection& connection);
    void settle(Connection& connection) const;
    awaitable<void> sweep();

    asio::io_context& io;
    BatchResponder& answering;
    DeferredQueue& lane;
    TcpLimits limits;
    std::deque<Descriptor> listeners;
    // Those that have not sent a whole message yet, the oldest first, and then from first_asked on
    // the others, the one whose last whole message is longest ago first.
    Connections connections;
    Connections::iterator first_asked = connections.end();
    std::size_t open_connections = 0;
    std::map<std::array<std::uint8_t, 16>, std::size_t> open_by_address;
    std::size_t unsent_total = 0;
    bool sweeping = false;
    asio::steady_timer sweeper;
    std::optional<Clock::time_point> stop_deadline;
    // Scratch room of the connection whose turn it is; nothing stays in it across a wait.
    std::array<std::uint8_t, length_octets + request_octets> input;
    std::array<std::uint8_t, 2 * (length_octets + message_octets)> output;
};

// Accepting connections.

awaitable<void> TcpServer::State::accept_from(Descriptor& listener) {
    while (listener.is_open()) {
        co_await listener.async_wait(Descriptor::wait_read, waiting);
        if (listener.is_open() && !accept_waiting(listener.native_handle())) {
            // The listener stays readable: without a pause this would be a busy loop.
            asio::steady_timer pause(io, 100ms);
            co_await pause.async_wait(waiting);
        }
    }
}

// False where the process lacks what a further connection needs.
bool TcpServer::State::accept_waiting(int listener) {
    try {
        for (unsigned count = 0; count < 64; ++count) {
            sockaddr_storage peer{};
            socklen_t size = sizeof peer;
            FileDescriptor fd(::accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size,
                                        SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (fd.get() >= 0) {
                admit(std::move(fd), client_of(peer, Transport::tcp));
            } else if (errno == EAGAIN) {
                return true;
            } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                throw std::system_error(errno, std::generic_category(), "accept");
            }  // else the client has gone already
        }
        return true;
    } catch (const std::exception& error) {
        log_warning(failures, std::string("cannot take a TCP connection: ") + error.what());
        return false;
    }
}

void TcpServer::State::admit(FileDescriptor fd, const Client& client) {
    make_room(client);
    std::size_t& of_client = open_by_address[client.address];
    const auto connection = connections.emplace(first_asked, io, fd.get(), client);
    fd.release();
    ++of_client;
    ++open_connections;
    settle(*connection);
    answering.counters().tcp_accepted.add();
    count_open();
    try {
        asio::co_spawn(io, converse(connection), report_failure);
        if (!sweeping) asio::co_spawn(io, sweep(), report_failure);
        sweeping = true;
    } catch (...) {
        erase(connection);
        throw;
    }
}

void TcpServer::State::make_room(const Client& client) {
    const auto of_client = open_by_address.find(client.address);
    if (of_client != open_by_address.end() && of_client->second >= limits.per_client) {
        close_oldest(&client);
    }
    while (open_connections >= limits.connections)
        close_oldest(nullptr);
}

// The one without a whole message for the longest; of one client, or of all.
void TcpServer::State::close_oldest(const Client* of) {
    const auto oldest = std::ranges::find_if(connections, [of](const Connection& each) {
        return each.open() && (of == nullptr || each.client.address == of->address);
    });
    if (oldest != connections.end()) close(*oldest);
}

// Wakes the coroutine that waits for the socket, which then ends.
void TcpServer::State::close(Connection& connection) {
    if (!connection.open()) return;
    error_code ignored;
    connection.socket.close(ignored);
    --open_connections;
    count_open();
    const auto of_client = open_by_address.find(connection.client.address);
    if (--of_client->second == 0) open_by_address.erase(of_client);
}

void TcpServer::State::erase(Connections::iterator connection) {
    close(*connection);
    if (connection == first_asked) ++first_asked;
    connections.erase(connection);
}

void TcpServer::State::note_message(Connections::iterator connection) {
    if (connection == first_asked) ++first_asked;
    connections.splice(connections.end(), connections, connection);
    if (first_asked == connections.end()) first_asked = connection;
}

// Conversing with a client.

awaitable<void> TcpServer::State::converse(Connections::iterator connection) {
    struct Leave {
        ~Leave() {
            state.release_unsent(*connection);
            state.erase(connection);
            if (state.connections.empty()) state.sweeper.cancel();
        }
        State& state;
        Connections::iterator connection;
    };
    const Leave leave{*this, connection};

    Descriptor& socket = connection->socket;
    while (connection->open()) {
        switch (take_turn(connection)) {
            case Next::turn:
                co_await asio::post(io, asio::use_awaitable);
                break;
            case Next::lane:
                connection->turn = co_await wait_in_lane();
                break;
            case Next::read:
                co_await socket.async_wait(Descriptor::wait_read, waiting);
                break;
            case Next::write:
                co_await socket.async_wait(Descriptor::wait_write, waiting);
                break;
            case Next::close:
                co_return;
        }
    }
}

awaitable<Budget> TcpServer::State::wait_in_lane() {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(Budget)>(
        [this](auto handler) {
            const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
            lane.join([resume](Budget budget) { std::move (*resume)(budget); });
        },
        asio::use_awaitable);
}

Next TcpServer::State::take_turn(Connections::iterator connection) {
    Connection& c = *connection;
    if (!send_unsent(c)) return Next::close;
    if (!c.unsent.empty()) return Next::write;
    if (c.last) return Next::close;

    const bool had_begun = !c.received.empty();
    std::size_t size = c.received.size();
    std::copy(c.received.begin(), c.received.end(), input.begin());
    if (!has_message(Octets(input).first(size))) {
        const ssize_t count =
            ::recv(c.socket.native_handle(), input.data() + size, input.size() - size, 0);
        if (count == 0) return Next::close;  // all that was asked is answered
        if (count < 0) {
            if (errno != EAGAIN && errno != EINTR) return Next::close;
            return stop_deadline && !had_begun ? Next::close : Next::read;
        }
        size += static_cast<std::size_t>(count);
    }

    Octets rest = Octets(input).first(size);
    const auto answered = answer(c, rest);
    if (!answered || !send(c, *answered)) return Next::close;
    const bool progress = rest.size() < size;
    c.received.assign(rest.begin(), rest.end());
    if (rest.empty()) c.received.shrink_to_fit();
    c.last = too_long(rest);
    if (progress) note_message(connection);
    if (progress || !had_begun) settle(c);
    if (!c.unsent.empty()) return Next::write;
    if (c.costly) return Next::lane;
    // There may be more to do at once, to end among it.
    const bool more = c.last || stop_deadline || size == input.size() || has_message(rest);
    return more ? Next::turn : Next::read;
}

// Answers the messages at the front of `requests`, as many as one batch and the room for answers
// allow, up to one that is costly, and takes them off. The octets of `output` to send; nothing
// where the store cannot be read.
std::optional<std::size_t> TcpServer::State::answer(Connection& connection, Octets& requests) {
    std::size_t used = 0;
    if (!has_message(requests)) return used;
    if (!answering.begin()) {
        answering.counters().drop(Drop::failed);
        return std::nullopt;
    }
    for (unsigned count = 0; count < batch_size; ++count) {
        const std::span<std::uint8_t> room = std::span(output).subspan(used);
        if (room.size() < length_octets + message_octets) break;
        Octets rest = requests;
        const auto message = take_message(rest);
        if (!message) break;
        const auto [verdict, size] =
            answer_one(connection, *message, room.subspan(length_octets, message_octets));
        connection.costly = verdict == Verdict::defer;
        if (connection.costly) break;
        requests = rest;
        if (verdict == Verdict::drop) continue;
        room[0] = static_cast<std::uint8_t>(size >> 8);
        room[1] = static_cast<std::uint8_t>(size);
        used += length_octets + size;
    }
    answering.end();
    return used;
}

// With little budget, unless it has waited for its turn or there is nowhere to wait.
Response TcpServer::State::answer_one(Connection& connection, Octets request,
                                      std::span<std::uint8_t> room) {
    const Budget budget = std::exchange(connection.turn, std::nullopt).value_or(Budget::quick);
    const Response response = answering.respond(request, connection.client, room, budget);
    if (response.verdict != Verdict::defer || !lane.full()) return response;
    return answering.respond(request, connection.client, room, Budget::cut);
}

// Sends the first octets of `output`, and keeps what the kernel does not take. False where the
// connection is of no more use.
bool TcpServer::State::send(Connection& connection, std::size_t size) {
    if (size == 0) return true;
    ssize_t count = ::send(connection.socket.native_handle(), output.data(), size, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
    const auto rest =
        std::span(output).first(size).subspan(count < 0 ? 0 : static_cast<std::size_t>(count));
    if (rest.size() > limits.unsent - std::min(limits.unsent, unsent_total)) return false;
    connection.unsent.assign(rest.begin(), rest.end());
    unsent_total += rest.size();
    return true;
}

bool TcpServer::State::send_unsent(Connection& connection) {
    if (connection.unsent.empty()) return true;
    const Octets rest = Octets(connection.unsent).subspan(connection.unsent_begin);
    const ssize_t count =
        ::send(connection.socket.native_handle(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    connection.unsent_begin += static_cast<std::size_t>(count);
    if (connection.unsent_begin == connection.unsent.size()) {
        release_unsent(connection);
        settle(connection);
    }
    return true;
}

void TcpServer::State::release_unsent(Connection& connection) {
    unsent_total -= connection.unsent.size();
    connection.unsent = {};
    connection.unsent_begin = 0;
}

// Time-outs.

// Gives the client time for what it is to do next: read, go on with the message begun, or ask.
void TcpServer::State::settle(Connection& connection) const {
    const bool begun =
        connection.unsent.empty() && !connection.received.empty() && !connection.costly;
    connection.deadline = Clock::now() + (begun ? message_timeout : limits.idle);
    if (stop_deadline) connection.deadline = std::min(connection.deadline, *stop_deadline);
}

awaitable<void> TcpServer::State::sweep() {
    while (!connections.empty()) {
        sweeper.expires_after(sweep_interval);
        co_await sweeper.async_wait(waiting);
        const auto now = Clock::now();
        for (Connection& connection : connections) {
            if (connection.deadline <= now) close(connection);
        }
    }
    sweeping = false;
}

TcpServer::TcpServer(asio::io_context& io, BatchResponder& answering, DeferredQueue& lane,
                     std::vector<FileDescriptor> sockets, TcpLimits limits)
    : state_(std::make_unique<State>(io, answering, lane, limits)) {
    for (FileDescriptor& socket : sockets) {
        Descriptor& listener = state_->listeners.emplace_back(io, socket.release());
        asio::co_spawn(io, state_->accept_from(listener), report_failure);
    }
}

TcpServer::~TcpServer() = default;

void TcpServer::use(TcpLimits limits) noexcept {
    state_->limits = limits;
}

void TcpServer::stop() {
    error_code ignored;
    for (Descriptor& listener : state_->listeners) {
        state_->accept_waiting(listener.native_handle());
        listener.close(ignored);
    }
    state_->stop_deadline = Clock::now() + stop_timeout;
    for (Connection& connection : state_->connections) {
        connection.deadline = std::min(connection.deadline, *state_->stop_deadline);
        if (connection.open()) connection.socket.cancel(ignored);
    }
}

}  // namespace dnshist::responder
