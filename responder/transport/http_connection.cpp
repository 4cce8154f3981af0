#include "responder/transport/http_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "responder/transport/sockets.hpp"

namespace dnshist::responder {

namespace {

// Octets of answers that wait within the session, above which no further request is taken.
constexpr std::size_t most_held = 64U << 10;
constexpr std::size_t turn_octets = 96U << 10;       // written in one turn
constexpr unsigned turn_requests = 32;               // taken in one turn, while they cost little
constexpr std::uint64_t turn_work = 8 * quick_work;  // some milliseconds; then no further one is
constexpr unsigned most_deferred = 8;                // requests of one connection; more are cut
constexpr auto linger_timeout = std::chrono::seconds(2);
constexpr std::size_t least_room = 32U << 10;  // for which it is worth to answer more
constexpr std::uint64_t least_read = 1024;     // octets that a client must read in its time

struct EndOfBatch {
    BatchResponder* responder;  // or none

    ~EndOfBatch() {
        if (responder != nullptr) responder->end();
    }
};

OwnAddress own_address(int socket) noexcept {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
    return client_of(address, Transport::http).address;
}

}  // namespace

HttpConnection::HttpConnection(TcpContext& context, boost::asio::io_context& io,
                               FileDescriptor socket, const Client& client,
                               std::shared_ptr<const TlsContext> tls)
    : TcpConnection(context, io, std::move(socket), client, std::move(tls)),
      own_(own_address(this->socket().native_handle())) {}

bool HttpConnection::has_begun() const {
    return !first_.empty() || (session_ && session_->has_begun());
}

TcpConnection::Turn HttpConnection::advance() {
    if (!send_unsent()) return {Next::close};
    if (has_unsent()) return {Next::write};
    if (lingering_) return {drain()};

    const bool had_begun = has_begun();
    bool filled = false;
    if (!session_ || (session_->wants_octets() && !input_ended_)) {
        if (const auto turn = read(filled)) return *turn;
    }
    if (!session_) {
        if (!had_begun) renew_deadline();
        return {Next::read};
    }
    if (context().stop_deadline && !has_begun()) session_->shut_down();

    if (!answer()) return {Next::close};
    const bool progress = std::exchange(progress_, false);
    if (progress || had_begun != has_begun() || has_read()) renew_deadline();
    if (has_unsent()) return {Next::write, progress};
    if (input_ended_ && session_->idle()) return {Next::close, progress};
    if (session_->finished()) {
        const bool ends = context().stop_deadline || session_->broken();
        return {ends ? Next::close : linger(), progress};
    }
    if (can_answer() || filled || (session_->wants_octets() && stream().pending())) {
        return {Next::turn, progress};
    }
    const HttpBody::Rest rest = session_->rest();
    if (rest == HttpBody::Rest::pause) return {Next::pause, progress};
    if (rest == HttpBody::Rest::none && session_->wants_write()) return {Next::turn, progress};
    return {session_->wants_octets() && !input_ended_ ? Next::read : Next::wake, progress};
}

// Reads what there is, and lets the session have it. The turn, where that ends here.
std::optional<TcpConnection::Turn> HttpConnection::read(bool& filled) {
    auto& input = context().input;
    const IoResult read = stream().read(input);
    switch (read.state) {
        case IoResult::State::closed:
            // What was asked before is answered, if there is a way.
            input_ended_ = true;
            if (!session_ || session_->idle() || session_->has_begun()) return Turn{Next::close};
            return std::nullopt;
        case IoResult::State::wait_read:
            if (!session_) return Turn{context().stop_deadline ? Next::close : Next::read};
            return std::nullopt;
        case IoResult::State::wait_write:  // in a handshake
            return Turn{Next::write};
        case IoResult::State::done:
            filled = read.octets == input.size();
            take(Octets(input).first(read.octets));
            return std::nullopt;
    }
    return std::nullopt;
}

// Closes our side alone. Were the whole connection closed while the client still sends, the kernel
// would reset it, and the client might never read the answer (RFC 9112, section 9.6).
TcpConnection::Next HttpConnection::linger() {
    stream().close();
    ::shutdown(socket().native_handle(), SHUT_WR);
    lingering_ = true;
    limit_deadline(Clock::now() + linger_timeout);
    return Next::turn;
}

// A client that would take the end of the connection for that of an answer is told by a reset, and
// within TLS by the missing alert, that it is not.
void HttpConnection::close() {
    if (open() && session_ && session_->unframed() &&
        (session_->broken() || !session_->finished() || has_unsent())) {
        const ::linger none{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket().native_handle(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
        stream().abort();
    }
    TcpConnection::close();
}

TcpConnection::Next HttpConnection::drain() {
    auto& input = context().input;
    const ssize_t count = ::recv(socket().native_handle(), input.data(), input.size(), 0);
    if (count > 0) return Next::turn;
    return count < 0 && errno == EAGAIN ? Next::read : Next::close;
}

// The version is known by ALPN, or once enough octets have come.
void HttpConnection::take(Octets octets) {
    if (session_) return session_->receive(octets);
    if (is_of_proxy()) own_ = {};  // no client on loopback (HttpService)
    first_ += as_text(octets);
    const std::string_view begin = std::string_view(first_).substr(0, http2_preface.size());
    const bool as_preface = http2_preface.starts_with(begin);
    if (stream().protocol() == "h2" || (as_preface && begin.size() == http2_preface.size())) {
        session_ = make_http2_session(client(), {});
    } else if (!as_preface) {
        session_ = make_http1_session(client(), {});
    } else {
        return;
    }
    wake_ = [weak = weak_from_this()] {
        const auto connection = weak.lock();
        if (connection && connection->open()) connection->wake();
    };
    session_->receive(as_octets(std::exchange(first_, {})));
}

// Answers what can be answered, and sends it in one write. False where the connection is of no more
// use.
bool HttpConnection::answer() {
    BatchResponder& responder = context().responder;
    const bool reads_store = can_answer() || session_->has_bodies();
    if (reads_store && !responder.begin()) {
        responder.counters().drop(Drop::failed);
        return false;
    }
    std::size_t used = 0;
    {
        const EndOfBatch end{reads_store ? &responder : nullptr};
        used = answer_and_write(reads_store ? responder.store() : nullptr);
    }
    account();
    return (held_ == 0 || context().unsent <= context().limits.unsent) && send(used);
}

// The octets of the output to send. Answers that a client of HTTP/1.1 waits for in order are
// written one by one, and go out together all the same.
std::size_t HttpConnection::answer_and_write(Lookup* store) {
    const auto room = std::span(context().output).first(turn_octets);
    const Seconds now = now_utc();
    std::size_t used = 0;
    const std::uint64_t before = store == nullptr ? 0 : store->spent();
    unsigned left = turn_requests;
    for (;;) {
        answer_requests(left, store, before + turn_work);
        const std::size_t written = session_->write(room.subspan(used), store, now);
        used += written;
        if (written == 0 || left == 0 || !can_answer() || room.size() - used < least_room) break;
    }
    return used;
}

// Where the client does not read, requests wait.
bool HttpConnection::can_answer() const {
    return session_->has_request() && session_->held() < most_held;
}

// At most `left`, which it counts down; none once so much work is done in `store`.
void HttpConnection::answer_requests(unsigned& left, Lookup* store, std::uint64_t most_work) {
    for (; left > 0 && can_answer(); --left) {
        if (store != nullptr && store->spent() > most_work) {
            left = 0;
            return;
        }
        const auto stream = session_->next_request();
        if (!stream) return;
        const HttpRequest* const request = session_->request(*stream);
        if (request == nullptr) continue;
        progress_ = true;
        const Waited waited;
        if (auto response = context().http.respond(*request, own_, waited, wake_)) {
            session_->respond(*stream, *std::move(response));
        } else {
            put_off(*stream, waited);
        }
    }
}

// A request that has no answer yet. Where there is nowhere to wait, it is answered as it can be.
void HttpConnection::put_off(HttpSession::StreamId stream, Waited waited) {
    BatchResponder& responder = context().responder;
    if (responder.awaits()) {
        if (!context().store_wait.full()) return wait_for_store(stream, std::move(waited));
        waited.failure = "too many questions wait for it";
    } else if (waited.budget == Budget::quick && deferred_ < most_deferred &&
               !context().deferred.full()) {
        return defer(stream, {});
    }
    waited.budget = Budget::cut;
    auto response = context().http.respond(*session_->request(stream), own_, waited, wake_);
    if (!response) response = plain_response(503, "the server has too much to do");
    session_->respond(stream, *std::move(response));
}

void HttpConnection::defer(HttpSession::StreamId stream, Waited waited) {
    ++deferred_;
    context().deferred.join([weak = weak_from_this(), stream, waited](Budget budget) mutable {
        const auto connection = weak.lock();
        if (!connection) return;
        --connection->deferred_;
        waited.budget = budget;
        connection->answer_again(stream, waited);
    });
}

// A costly request has its turn among the deferred again.
void HttpConnection::wait_for_store(HttpSession::StreamId stream, Waited waited) {
    const StoreTicket ticket = context().responder.awaited();
    context().store_wait.join(
        ticket, std::move(waited), [weak = weak_from_this(), stream](Waited again) {
            const auto connection = weak.lock();
            if (!connection) return;
            if (again.budget == Budget::whole && !connection->context().deferred.full())
                return connection->defer(stream, std::move(again));
            connection->answer_again(stream, again);
        });
}

// In its turn, which is not one of the connection's: that follows.
void HttpConnection::answer_again(HttpSession::StreamId stream, const Waited& waited) {
    const HttpRequest* const request = open() ? session_->request(stream) : nullptr;
    BatchResponder& responder = context().responder;
    if (request == nullptr) return;
    if (responder.begin()) {
        const EndOfBatch end{&responder};
        if (auto response = context().http.respond(*request, own_, waited, wake_)) {
            session_->respond(stream, *std::move(response));
            progress_ = true;
        } else {
            put_off(stream, waited);
        }
    } else {
        responder.counters().drop(Drop::failed);
        session_->respond(stream, plain_response(503, "the store cannot be read now"));
    }
    account();
    wake();
}

void HttpConnection::wake() {
    boost::system::error_code ignored;
    socket().cancel(ignored);
}

// The answers that the session holds count among the unsent.
void HttpConnection::account() {
    const std::size_t held = session_->held();
    context().unsent += held - held_;
    held_ = held;
}

// Whether the client has read enough of its answers since it was last given more time, or where a
// body is being made, has nothing to read.
bool HttpConnection::has_read() {
    const std::uint64_t read = session_->answered();
    const bool is_made = session_->has_bodies() && session_->wants_write();
    if (!is_made && read - read_ < least_read && (read == read_ || !session_->idle())) return false;
    read_ = read;
    return true;
}

void HttpConnection::time_out() {
    if (!session_ || has_unsent()) return;
    session_->time_out();
    const std::size_t size = session_->write(context().output, nullptr, now_utc());
    stream().write(Octets(context().output).first(size));
}

HttpConnection::~HttpConnection() {
    context().unsent -= held_;
}

}  // namespace dnshist::responder
