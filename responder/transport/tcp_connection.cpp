#include "responder/transport/tcp_connection.hpp"

#include <algorithm>
#include <utility>

namespace dnshist::responder {

using namespace std::chrono_literals;

namespace {

constexpr unsigned batch_size = 32;   // messages answered from one state of the store
constexpr auto message_timeout = 2s;  // from a message's first octet to its last

// Whether more can be written later. A session that was read from never waits to read where it
// writes, since there is no renegotiation.
bool is_usable(const IoResult& written) noexcept {
    return written.state == IoResult::State::done || written.state == IoResult::State::wait_write;
}

}  // namespace

TcpConnection::Turn TcpConnection::take_turn(TcpContext& context) {
    if (!send_unsent(context)) return {Next::close};
    if (!unsent_.empty()) return {Next::write};
    if (last_) return {Next::close};

    auto& input = context.input;
    const bool had_begun = !received_.empty();
    std::size_t size = received_.size();
    std::copy(received_.begin(), received_.end(), input.begin());
    if (!has_message(Octets(input).first(size))) {
        const IoResult read = stream_.read(std::span(input).subspan(size));
        switch (read.state) {
            case IoResult::State::closed:  // all that was asked is answered
                return {Next::close};
            case IoResult::State::wait_read:
                return {context.stop_deadline && !had_begun ? Next::close : Next::read};
            case IoResult::State::wait_write:  // in a handshake
                return {Next::write};
            case IoResult::State::done:
                break;
        }
        size += read.octets;
    }

    Octets rest = Octets(input).first(size);
    const auto answered = answer(context, rest);
    if (!answered || !send(context, *answered)) return {Next::close};
    const bool progress = rest.size() < size;
    received_.assign(rest.begin(), rest.end());
    if (rest.empty()) received_.shrink_to_fit();
    last_ = too_long(rest);
    if (progress || !had_begun) renew_deadline(context);
    if (!unsent_.empty()) return {Next::write, progress};
    if (deferred_) return {Next::deferred, progress};
    // There may be more to do at once, to end among it.
    const bool more = last_ || context.stop_deadline || size == input.size() || has_message(rest) ||
                      stream_.pending();
    return {more ? Next::turn : Next::read, progress};
}

// Answers the messages at the front of `requests`, as many as one batch and the room for answers
// allow, up to one that is deferred, and takes them off. The octets of `output` to send; nothing
// where the store cannot be read.
std::optional<std::size_t> TcpConnection::answer(TcpContext& context, Octets& requests) {
    std::size_t used = 0;
    if (!has_message(requests)) return used;
    if (!context.responder.begin()) {
        context.responder.counters().drop(Drop::failed);
        return std::nullopt;
    }
    for (unsigned count = 0; count < batch_size; ++count) {
        const std::span<std::uint8_t> room = std::span(context.output).subspan(used);
        if (room.size() < length_octets + max_tcp_octets) break;
        Octets rest = requests;
        const auto message = take_message(rest);
        if (!message) break;
        const auto [verdict, size] =
            answer_one(context, *message, room.subspan(length_octets, max_tcp_octets));
        deferred_ = verdict == Verdict::defer;
        if (deferred_) break;
        requests = rest;
        if (verdict == Verdict::drop) continue;
        put_u16(room.data(), static_cast<std::uint16_t>(size));
        used += length_octets + size;
    }
    context.responder.end();
    return used;
}

// With little budget, unless its turn among the deferred has come or there is nowhere to wait.
Response TcpConnection::answer_one(TcpContext& context, Octets request,
                                   std::span<std::uint8_t> room) {
    const Budget budget = std::exchange(budget_, std::nullopt).value_or(Budget::quick);
    const Response response = context.responder.respond(request, client_, room, budget);
    if (response.verdict != Verdict::defer || !context.deferred.full()) return response;
    return context.responder.respond(request, client_, room, Budget::cut);
}

// Sends the first octets of `output`, and keeps what the kernel does not take. False where the
// connection is of no more use.
bool TcpConnection::send(TcpContext& context, std::size_t size) {
    if (size == 0) return true;
    const auto answers = std::span(context.output).first(size);
    const IoResult sent = stream_.write(answers);
    if (!is_usable(sent)) return false;
    const auto rest = answers.subspan(sent.octets);
    if (context.unsent + rest.size() > context.limits.unsent && !rest.empty()) return false;
    unsent_.assign(rest.begin(), rest.end());
    context.unsent += rest.size();
    return true;
}

bool TcpConnection::send_unsent(TcpContext& context) {
    if (unsent_.empty()) return true;
    const Octets rest = Octets(unsent_).subspan(unsent_begin_);
    const IoResult sent = stream_.write(rest);
    if (!is_usable(sent)) return false;
    unsent_begin_ += sent.octets;
    if (unsent_begin_ == unsent_.size()) {
        release_unsent(context);
        renew_deadline(context);
    }
    return true;
}

void TcpConnection::release_unsent(TcpContext& context) {
    context.unsent -= unsent_.size();
    unsent_ = {};
    unsent_begin_ = 0;
}

void TcpConnection::renew_deadline(const TcpContext& context) {
    const bool begun = unsent_.empty() && !received_.empty() && !deferred_;
    deadline_ = Clock::now() + (begun ? message_timeout : context.limits.idle);
    if (context.stop_deadline) deadline_ = std::min(deadline_, *context.stop_deadline);
}

}  // namespace dnshist::responder
