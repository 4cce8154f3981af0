#include "responder/transport/dns_connection.hpp"

#include <algorithm>
#include <utility>

namespace dnshist::responder {

namespace {

constexpr unsigned messages_of_a_batch = 32;  // messages answered from one state of the store

}  // namespace

TcpConnection::Turn DnsConnection::advance() {
    if (!send_unsent()) return {Next::close};
    if (has_unsent()) return {Next::write};
    if (last_) return {Next::close};

    const auto input = std::span(context().input).first<length_octets + request_octets>();
    const bool had_begun = !received_.empty();
    std::size_t size = received_.size();
    std::copy(received_.begin(), received_.end(), input.begin());
    if (!has_message(Octets(input).first(size))) {
        const IoResult read = stream().read(input.subspan(size));
        switch (read.state) {
            case IoResult::State::closed:  // all that was asked is answered
                return {Next::close};
            case IoResult::State::wait_read:
                return {context().stop_deadline && !had_begun ? Next::close : Next::read};
            case IoResult::State::wait_write:  // in a handshake
                return {Next::write};
            case IoResult::State::done:
                break;
        }
        size += read.octets;
    }

    Octets rest = Octets(input).first(size);
    const auto answered = answer(rest);
    if (!answered || !send(*answered)) return {Next::close};
    const bool progress = rest.size() < size;
    received_.assign(rest.begin(), rest.end());
    if (rest.empty()) received_.shrink_to_fit();
    last_ = too_long(rest);
    if (progress || !had_begun || waits()) renew_deadline();
    if (has_unsent()) return {Next::write, progress};
    if (waits()) return {state_ == Verdict::wait ? Next::store : Next::deferred, progress};
    // There may be more to do at once, to end among it.
    const bool more = last_ || context().stop_deadline || size == input.size() ||
                      has_message(rest) || stream().pending();
    return {more ? Next::turn : Next::read, progress};
}

// Answers the messages at the front of `requests`, as many as one batch and the room for answers
// allow, up to one that is put off, and takes them off. The octets of the output to send; nothing
// where the store cannot be read.
std::optional<std::size_t> DnsConnection::answer(Octets& requests) {
    std::size_t used = 0;
    if (!has_message(requests)) return used;
    BatchResponder& responder = context().responder;
    if (!responder.begin()) {
        responder.counters().drop(Drop::failed);
        return std::nullopt;
    }
    state_ = Verdict::send;
    for (unsigned count = 0; count < messages_of_a_batch; ++count) {
        const std::span<std::uint8_t> room = std::span(context().output).subspan(used);
        if (room.size() < length_octets + max_tcp_octets) break;
        Octets rest = requests;
        const auto message = take_message(rest);
        if (!message) break;
        const bool comes_again = turn_.has_value();
        const auto [verdict, size] =
            answer_one(*message, room.subspan(length_octets, max_tcp_octets));
        state_ = verdict;
        if (waits()) break;
        requests = rest;
        if (verdict == Verdict::send) {
            put_u16(room.data(), static_cast<std::uint16_t>(size));
            used += length_octets + size;
        }
        // How it was answered is not for those behind it.
        if (comes_again) break;
    }
    responder.end();
    return used;
}

// With little budget, unless its turn has come or there is nowhere to wait.
Response DnsConnection::answer_one(Octets request, std::span<std::uint8_t> room) {
    BatchResponder& responder = context().responder;
    const auto turn = std::exchange(turn_, std::nullopt);
    if (turn) responder.answer_again(*turn);
    const Response response =
        responder.respond(request, client(), room, turn ? turn->budget : Budget::quick);
    if (response.verdict == Verdict::wait && !context().store_wait.full()) {
        ticket_ = responder.awaited();
        waited_ = turn ? *turn : Waited{};
        return response;
    }
    if (response.verdict == Verdict::wait) {
        responder.do_not_wait();
    } else if (response.verdict != Verdict::defer || !context().deferred.full()) {
        return response;
    }
    return responder.respond(request, client(), room, Budget::cut);
}

}  // namespace dnshist::responder
