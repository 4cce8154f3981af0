#include "responder/http/http2_session.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "responder/http/http2_memory.hpp"

namespace dnshist::responder {

namespace {

constexpr std::uint32_t window = 8192;   // octets of content that a client may send at once
constexpr std::size_t bomb = 64U << 10;  // octets of fields in one request that end a connection
constexpr std::size_t most_received = 64U << 10;  // octets of requests that are not answered

std::string_view text_of(const std::uint8_t* octets, std::size_t size) noexcept {
    return as_text(Octets(octets, size));
}

}  // namespace

Http2Session::Http2Session(const Client& client, const HttpLimits& limits)
    : limits_(limits), client_(client) {
    nghttp2_session_callbacks* made_callbacks = nullptr;
    nghttp2_option* made_option = nullptr;
    nghttp2_session* made = nullptr;
    if (nghttp2_session_callbacks_new(&made_callbacks) != 0) throw std::bad_alloc();
    const std::unique_ptr<nghttp2_session_callbacks, Deleter<nghttp2_session_callbacks_del>>
        callbacks(made_callbacks);
    set_callbacks(made_callbacks);
    if (nghttp2_option_new(&made_option) != 0) throw std::bad_alloc();
    const std::unique_ptr<nghttp2_option, Deleter<nghttp2_option_del>> option(made_option);
    nghttp2_option_set_max_outbound_ack(made_option, 100);
    nghttp2_option_set_max_settings(made_option, 16);
    nghttp2_option_set_max_continuations(made_option, 4);
    nghttp2_option_set_stream_reset_rate_limit(made_option, 200, 20);
    nghttp2_option_set_no_closed_streams(made_option, 1);
    if (nghttp2_session_server_new3(&made, made_callbacks, this, made_option, http2_memory()) !=
        0) {
        throw std::bad_alloc();
    }
    session_.reset(made);
    const std::array<nghttp2_settings_entry, 4> settings{
        {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, static_cast<std::uint32_t>(limits.streams)},
         {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window},
         {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits.head)},
         {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1}}};
    if (nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) != 0) {
        throw std::bad_alloc();
    }
}

void Http2Session::set_callbacks(nghttp2_session_callbacks* callbacks) {
    nghttp2_session_callbacks_set_on_begin_frame_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame_hd* frame, void* user) {
            return self(user).begin_frame(*frame);
        });
    nghttp2_session_callbacks_set_on_begin_headers_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
            return guarded([&] { return self(user).begin_request(*frame); });
        });
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
            return guarded([&] {
                Stream* const stream = self(user).find(frame->hd.stream_id);
                if (stream == nullptr || stream->whole) return 0;
                const bool trailer = frame->headers.cat != NGHTTP2_HCAT_REQUEST;
                return self(user).add_field(*stream, text_of(name, name_size),
                                            text_of(value, value_size), trailer);
            });
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* octets,
                      std::size_t size, void* user) {
            return guarded([&] {
                Stream* const stream = self(user).find(id);
                return stream == nullptr ? 0
                                         : self(user).add_content(*stream, text_of(octets, size));
            });
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
            return guarded([&] { return self(user).end_frame(*frame); });
        });
    nghttp2_session_callbacks_set_on_frame_send_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
            return self(user).frame_sent(*frame);
        });
    nghttp2_session_callbacks_set_send_data_callback(
        callbacks, [](nghttp2_session*, nghttp2_frame*, const std::uint8_t* head, std::size_t size,
                      nghttp2_data_source*, void* user) {
            self(user).send_head(head, size);
            return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks, [](nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
            return self(user).close_stream(id);
        });
}

// Receiving.

void Http2Session::receive(Octets octets) {
    if (broken_) return;
    const ssize_t used = nghttp2_session_mem_recv(session_.get(), octets.data(), octets.size());
    if (used >= 0) {
        if (!credit_.receive(octets.size())) end(NGHTTP2_ENHANCE_YOUR_CALM);
        return;
    }
    switch (used) {
        case NGHTTP2_ERR_NOMEM:
            throw std::bad_alloc();
        case NGHTTP2_ERR_FLOODED:
        case NGHTTP2_ERR_CALLBACK_FAILURE:  // as spend() and add_field() want it
            return end(NGHTTP2_ENHANCE_YOUR_CALM);
        default:
            return end(NGHTTP2_PROTOCOL_ERROR);
    }
}

// Nothing more is read; the client is told why.
void Http2Session::end(std::uint32_t code) {
    nghttp2_session_terminate_session(session_.get(), code);
    broken_ = true;
    ready_.clear();
}

int Http2Session::begin_frame(const nghttp2_frame_hd& frame) {
    const bool affordable =
        credit_.frame_begins(frame_head + frame.length, frame.type == NGHTTP2_RST_STREAM);
    return affordable ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

int Http2Session::begin_request(const nghttp2_frame& frame) {
    if (frame.hd.type != NGHTTP2_HEADERS || frame.headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    Stream& stream = streams_.emplace_back(frame.hd.stream_id);
    nghttp2_session_set_stream_user_data(session_.get(), stream.id, &stream);
    return 0;
}

// Those of a trailer are counted, but are no part of the request.
int Http2Session::add_field(Stream& stream, std::string_view name, std::string_view value,
                            bool trailer) {
    const std::size_t size = name.size() + value.size();
    stream.octets += size + 32;  // as RFC 9113, section 6.5.2, counts
    if (stream.octets > bomb) return NGHTTP2_ERR_CALLBACK_FAILURE;
    if (trailer) return 0;
    if (stream.octets > limits_.head || stream.places.size() == limits_.fields ||
        received_ + size > most_received) {
        stream.refused = 431;
        return 0;
    }
    const std::size_t at = stream.text.size();
    stream.text += name;
    stream.text += value;
    stream.places.push_back({at, at + name.size(), stream.text.size()});
    received_ += size;
    return 0;
}

// Content that comes after the answer is not kept.
int Http2Session::add_content(Stream& stream, std::string_view octets) {
    if (stream.whole) return 0;
    if (stream.content.size() + octets.size() > limits_.body ||
        received_ + octets.size() > most_received) {
        stream.refused = 413;
        ready(stream);
        return 0;
    }
    stream.content += octets;
    received_ += octets.size();
    return 0;
}

int Http2Session::end_frame(const nghttp2_frame& frame) {
    if (frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) return 0;
    Stream* const stream = find(frame.hd.stream_id);
    if (stream == nullptr || stream->whole) return 0;
    if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 || stream->refused != 0) ready(*stream);
    return 0;
}

void Http2Session::ready(Stream& stream) {
    stream.whole = true;
    ready_.push_back(stream.id);
}

int Http2Session::close_stream(std::int32_t id) {
    Stream* const stream = find(id);
    if (stream == nullptr) return 0;
    if (stream->whole && !stream->taken) std::erase(ready_, id);
    if (stream->body != nullptr) --bodies_;
    if (stream->waits) --waiting_bodies_;
    received_ -= stream->received();
    held_ -= stream->held();
    nghttp2_session_set_stream_user_data(session_.get(), id, nullptr);
    streams_.remove_if([&](const Stream& each) { return &each == stream; });
    return 0;
}

// Requests.

std::optional<HttpSession::StreamId> Http2Session::next_request() {
    while (has_request()) {
        const std::int32_t id = ready_.front();
        ready_.erase(ready_.begin());
        Stream* const stream = find(id);
        if (stream == nullptr) continue;
        stream->taken = true;
        stream->make_request(client_);
        if (stream->refused != 0) {
            respond(id, plain_response(stream->refused, stream->refused == 413
                                                            ? "the content is too long"
                                                            : "the fields are too long"));
            continue;
        }
        return id;
    }
    return std::nullopt;
}

const HttpRequest* Http2Session::request(StreamId id) {
    Stream* const stream = find(id);
    return stream != nullptr && stream->taken && !stream->answered ? &stream->request : nullptr;
}

void Http2Session::shut_down() {
    if (std::exchange(shut_, true)) return;
    nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session_.get()), NGHTTP2_NO_ERROR,
                          nullptr, 0);
}

std::unique_ptr<HttpSession> make_http2_session(const Client& client, const HttpLimits& limits) {
    return std::make_unique<Http2Session>(client, limits);
}

}  // namespace dnshist::responder
