// HTTP/2 (RFC 9113) by libnghttp2, which is fed with octets.
//
// nghttp2 bounds what a client can make it hold: SETTINGS and PING without reading the answers,
// long chains of CONTINUATION, resets in quick succession. All else that costs work and asks
// nothing costs the connection credit, which answers earn; where it is used up the connection ends
// with ENHANCE_YOUR_CALM (RFC 9113, section 10.5).
#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "responder/http/http2_credit.hpp"
#include "responder/http/http2_stream.hpp"
#include "responder/http/http_session.hpp"
#include "storage/base/deleter.hpp"

namespace dnshist::responder {

class Http2Session : public HttpSession {
  public:
    Http2Session(const Client& client, const HttpLimits& limits);

    bool wants_octets() const override { return !broken_; }
    void receive(Octets octets) override;

    std::optional<StreamId> next_request() override;
    bool has_request() const override { return !ready_.empty() && bodies_ < most_bodies; }
    const HttpRequest* request(StreamId id) override;
    void respond(StreamId id, HttpResponse response) override;

    std::size_t write(std::span<std::uint8_t> room, Lookup* store, Seconds now) override;
    bool wants_write() const override {
        return !left_.empty() || waiting_bodies_ != 0 ||
               nghttp2_session_want_write(session_.get()) != 0;
    }
    HttpBody::Rest rest() const override {
        const bool only_bodies = waiting_bodies_ != 0 && left_.empty() &&
                                 nghttp2_session_want_write(session_.get()) == 0;
        return only_bodies ? rest_ : HttpBody::Rest::none;
    }
    bool has_bodies() const override { return bodies_ != 0; }
    std::uint64_t answered() const override { return answered_; }
    std::size_t held() const override { return held_ + left_.size(); }

    bool has_begun() const override {
        return std::ranges::any_of(streams_, [](const Stream& each) { return !each.whole; });
    }
    bool idle() const override { return streams_.empty() && !wants_write(); }
    void shut_down() override;
    void time_out() override { end(NGHTTP2_NO_ERROR); }
    bool finished() const override {
        return !wants_write() && (broken_ || nghttp2_session_want_read(session_.get()) == 0 ||
                                  (shut_ && streams_.empty()));
    }

  private:
    static constexpr std::size_t frame_head = 9;  // octets
    static constexpr std::size_t longest_frame = frame_head + 16384;
    // Bodies that are made at once; with so many, further requests wait.
    static constexpr unsigned most_bodies = 4;

    using Stream = Http2Stream;
    using Streams = std::list<Stream>;

    // Exceptions must not pass through nghttp2, which is C: one becomes a failure of the callback,
    // which ends the connection.
    template <class Call>
    static auto guarded(Call call) noexcept -> decltype(call()) {
        try {
            return call();
        } catch (const std::exception&) {
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        }
    }
    static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }
    Stream* find(std::int32_t id) {
        return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session_.get(), id));
    }

    int begin_frame(const nghttp2_frame_hd& frame);
    int begin_request(const nghttp2_frame& frame);
    int add_field(Stream& stream, std::string_view name, std::string_view value, bool trailer);
    int add_content(Stream& stream, std::string_view octets);
    int end_frame(const nghttp2_frame& frame);
    int frame_sent(const nghttp2_frame& frame);
    int close_stream(std::int32_t id);
    ssize_t read_answer(Stream& stream, std::size_t most, std::uint32_t& flags);
    ssize_t read_body(Stream& stream, std::span<std::uint8_t> room, std::uint32_t& flags);
    void send_head(const std::uint8_t* head, std::size_t content);

    static void set_callbacks(nghttp2_session_callbacks* callbacks);
    void ready(Stream& stream);
    void end(std::uint32_t code);

    HttpLimits limits_;
    Client client_;
    std::unique_ptr<nghttp2_session, Deleter<nghttp2_session_del>> session_;
    Streams streams_;
    std::vector<std::int32_t> ready_;  // whole and not taken
    Http2Credit credit_;
    std::size_t received_ = 0;  // octets of all requests
    std::size_t held_ = 0;      // octets of all answers
    std::uint64_t answered_ = 0;
    unsigned bodies_ = 0;
    unsigned waiting_bodies_ = 0;
    HttpBody::Rest rest_ = HttpBody::Rest::none;  // of the waiting bodies, the shortest
    bool broken_ = false;                         // nothing more is read
    bool shut_ = false;
    std::vector<nghttp2_nv> fields_;  // memory that is used again
    std::vector<std::uint8_t> left_;  // of a frame without content that the room did not hold
    // Of the write() under way.
    std::span<std::uint8_t> room_;  // the rest of it
    Lookup* store_ = nullptr;
    Seconds now_{};
    unsigned reads_ = 0;
};

}  // namespace dnshist::responder
