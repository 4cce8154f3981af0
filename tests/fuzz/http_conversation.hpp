// A client's octets to an HttpSession, cut in pieces: each request is answered, some late and some
// in pieces, and what the session holds stays within bounds.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>
#include <vector>

#include "responder/http/http_session.hpp"

namespace dnshist::responder::fuzz {

class ThreePieces : public HttpBody {
  public:
    Piece read(std::span<std::uint8_t> room, Lookup*, Seconds) override {
        if (pieces_++ == 1) return {};
        const std::size_t octets = std::min<std::size_t>(room.size(), 100);
        std::fill_n(room.begin(), octets, std::uint8_t{'x'});
        return {octets, pieces_ == 3, false};
    }

  private:
    unsigned pieces_ = 0;
};

inline void answer(HttpSession& session, HttpSession::StreamId stream, unsigned number) {
    const HttpRequest* const request = session.request(stream);
    if (request == nullptr) return;
    if (request->body.size() > HttpLimits{}.body) std::abort();
    HttpResponse response;
    response.fields.emplace_back("content-type", "text/plain");
    if (number % 3 == 0) {
        response.body = std::make_unique<ThreePieces>();
    } else {
        response.content.assign(request->path.size() + request->fields.size(), 'c');
    }
    session.respond(stream, std::move(response));
}

// The octets that the session sent.
inline std::size_t converse(HttpSession& session, Octets octets, std::size_t piece) {
    std::vector<std::uint8_t> room(40'000);
    std::deque<HttpSession::StreamId> late;
    unsigned number = 0;
    std::size_t sent = 0;
    const auto write = [&] {
        for (unsigned turns = 0; turns < 1000 && session.wants_write(); ++turns) {
            const std::size_t size = session.write(room, nullptr, {});
            if (size > room.size()) std::abort();
            sent += size;
        }
    };
    while (!octets.empty() && session.wants_octets()) {
        const std::size_t size = std::min(piece, octets.size());
        session.receive(octets.first(size));
        octets = octets.subspan(size);
        while (const auto stream = session.next_request()) {
            if (++number % 4 == 0) {
                late.push_back(*stream);
            } else {
                answer(session, *stream, number);
            }
            write();
        }
        write();
        if (!late.empty() && number % 2 == 0) {
            answer(session, late.front(), number);
            late.pop_front();
        }
        if (session.held() > 1U << 20) std::abort();
    }
    session.time_out();
    write();
    return sent;
}

}  // namespace dnshist::responder::fuzz
