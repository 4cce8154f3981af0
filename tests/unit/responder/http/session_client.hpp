// The client's side of an HttpSession: octets in, octets out, with bodies that a test makes.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "responder/http/http_session.hpp"

namespace dnshist::responder::test {

// Gives its text in pieces of so many octets, an empty piece before each; then ends or fails.
class PiecedBody : public HttpBody {
  public:
    PiecedBody(std::string text, std::size_t piece, bool fails = false)
        : text_(std::move(text)), piece_(piece), fails_(fails) {}

    Piece read(std::span<std::uint8_t> room, Lookup*, Seconds) override {
        if (std::exchange(empty_, !empty_)) return {};
        if (text_.empty() && fails_) return {0, false, true};
        const std::size_t octets = std::min({room.size(), piece_, text_.size()});
        std::copy_n(text_.begin(), octets, room.begin());
        text_.erase(0, octets);
        return {octets, text_.empty() && !fails_, false};
    }

  private:
    std::string text_;
    std::size_t piece_;
    bool fails_;
    bool empty_ = true;
};

// Notes that it was read, and has nothing, or nothing for some time, until it is released.
struct HeldBody : HttpBody {
    struct State {
        bool read = false;
        bool released = false;
        Rest rest = Rest::none;
    };

    explicit HeldBody(State& its_state) : state(its_state) {}
    Piece read(std::span<std::uint8_t> room, Lookup*, Seconds) override {
        state.read = true;
        if (!state.released) return {.rest = state.rest};
        room[0] = 'x';
        return {.octets = 1, .ended = true};
    }

    State& state;
};

inline HttpResponse held(HeldBody::State& state) {
    HttpResponse made;
    made.body = std::make_unique<HeldBody>(state);
    return made;
}

inline HttpResponse response(std::string content, unsigned status = 200) {
    HttpResponse made;
    made.status = status;
    made.content = std::move(content);
    return made;
}

inline HttpResponse streamed(std::string text, std::size_t piece, bool fails = false) {
    HttpResponse made;
    made.body = std::make_unique<PiecedBody>(std::move(text), piece, fails);
    return made;
}

// All that the session has to say now.
inline std::string written(HttpSession& session, std::size_t room_octets = 100'000) {
    std::vector<std::uint8_t> room(room_octets);
    std::string all;
    for (unsigned turns = 0; turns < 100'000; ++turns) {
        const std::size_t size = session.write(room, nullptr, {});
        all.append(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size));
        if (size == 0 && !session.wants_write()) break;
    }
    return all;
}

}  // namespace dnshist::responder::test
