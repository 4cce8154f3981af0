#include "responder/http/http2_session.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace dnshist::responder {

namespace {

constexpr std::size_t frame_head = 9;
constexpr std::size_t longest_frame = frame_head + 16384;
constexpr std::uint32_t window = 8192;   // octets of content that a client may send at once
constexpr std::size_t bomb = 64U << 10;  // octets of fields in one request that end a connection
constexpr std::size_t most_received = 64U << 10;  // octets of requests that are not answered

// In frames.
constexpr int full_credit = 1000;
constexpr int cost_of_reset = 10;
constexpr int worth_of_answer = 4;
constexpr std::size_t octets_of_credit = 2048;  // sent, for one frame received
constexpr std::uint64_t ignored_octets = 64;    // received in frames that nghttp2 ignores

// Exceptions must not pass through nghttp2, which is C: one becomes a failure of the callback,
// which ends the connection.
template <class Call>
auto guarded(Call call) noexcept -> decltype(call()) {
    try {
        return call();
    } catch (const std::exception&) {
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
}

std::string_view text_of(const std::uint8_t* octets, std::size_t size) noexcept {
    return as_text(Octets(octets, size));
}

nghttp2_nv pair_of(std::string_view name, std::string_view value) noexcept {
    const auto octets = [](std::string_view text) {
        // nghttp2 copies it, and changes nothing.
        return const_cast<std::uint8_t*>(as_octets(text).data());
    };
    return {octets(name), octets(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

Http2Session::Http2Session(const Client& client, const HttpLimits& limits)
    : limits_(limits), client_(client), credit_(full_credit) {
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
    if (nghttp2_session_server_new2(&made, made_callbacks, this, made_option) != 0) {
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
        if (!charge_ignored(octets.size())) end(NGHTTP2_ENHANCE_YOUR_CALM);
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

// Charges frames that begin_frame() has not seen: unknown types, and those of closed streams.
bool Http2Session::charge_ignored(std::size_t octets) {
    octets_ += octets;
    if (octets_ < seen_ + ignored_octets) return true;
    const std::uint64_t units = (octets_ - seen_) / ignored_octets;
    seen_ += units * ignored_octets;
    return spend(static_cast<int>(units));
}

int Http2Session::begin_frame(const nghttp2_frame_hd& frame) {
    seen_ += frame_head + frame.length;
    const bool affordable = spend(frame.type == NGHTTP2_RST_STREAM ? cost_of_reset : 1);
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

// Requests and responses.

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

void Http2Session::respond(StreamId id, HttpResponse response) {
    Stream* const stream = find(id);
    if (stream == nullptr || stream->answered) return;
    stream->answered = true;
    const std::string status = std::to_string(response.status);
    const std::string length = std::to_string(response.content.size());
    const bool has_content = response.status != 204 && response.status != 304;
    std::vector<nghttp2_nv>& fields = fields_;
    fields.clear();
    fields.push_back(pair_of(":status", status));
    for (const auto& [name, value] : response.fields)
        fields.push_back(pair_of(name, value));
    if (response.body == nullptr && has_content)
        fields.push_back(pair_of("content-length", length));

    nghttp2_data_provider provider{};
    provider.source.ptr = stream;
    provider.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t* out, std::size_t size,
                                std::uint32_t* flags, nghttp2_data_source* source,
                                void* user) -> ssize_t {
        return guarded([&] {
            return self(user).read_answer(*static_cast<Stream*>(source->ptr), {out, size}, *flags);
        });
    };
    const bool empty = stream->request.method == "HEAD" || !has_content ||
                       (response.body == nullptr && response.content.empty());
    if (!empty) {
        stream->answer = std::move(response.content);
        stream->body = std::move(response.body);
        held_ += stream->held();
        if (stream->body != nullptr) ++bodies_;
    }
    nghttp2_submit_response(session_.get(), id, fields.data(), fields.size(),
                            empty ? nullptr : &provider);
}

ssize_t Http2Session::read_answer(Stream& stream, std::span<std::uint8_t> room,
                                  std::uint32_t& flags) {
    if (stream.body != nullptr) return read_body(stream, room, flags);
    const auto octets = std::string_view(stream.answer).substr(stream.sent, room.size());
    std::ranges::copy(octets, room.begin());
    stream.sent += octets.size();
    held_ -= octets.size();
    if (stream.held() == 0) flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(octets.size());
}

ssize_t Http2Session::read_body(Stream& stream, std::span<std::uint8_t> room,
                                std::uint32_t& flags) {
    HttpBody::Rest rest = HttpBody::Rest::none;
    if (reads_ < body_reads) {
        ++reads_;
        const HttpBody::Piece piece = stream.body->read(room, store_, now_);
        rest = piece.rest;
        if (piece.failed) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // resets the stream
        if (piece.ended) flags |= NGHTTP2_DATA_FLAG_EOF;
        if (piece.ended || piece.octets != 0) return static_cast<ssize_t>(piece.octets);
    }
    stream.waits = true;
    ++waiting_bodies_;
    rest_ = std::min(rest_, rest);
    return NGHTTP2_ERR_DEFERRED;
}

// Sending.

std::size_t Http2Session::write(std::span<std::uint8_t> room, Lookup* store, Seconds now) {
    store_ = store;
    now_ = now;
    reads_ = 0;
    rest_ = HttpBody::Rest::wake;
    if (waiting_bodies_ != 0) {
        for (Stream& stream : streams_) {
            if (!std::exchange(stream.waits, false)) continue;
            --waiting_bodies_;
            nghttp2_session_resume_data(session_.get(), stream.id);
        }
    }
    std::size_t used = std::min(left_.size(), room.size());
    std::copy_n(left_.begin(), used, room.begin());
    left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(used));
    while (left_.empty() && room.size() - used >= longest_frame) {
        const std::uint8_t* octets = nullptr;
        const ssize_t size = nghttp2_session_mem_send(session_.get(), &octets);
        if (size == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
        if (size < 0) broken_ = true;
        if (size <= 0) break;
        const Octets frame(octets, static_cast<std::size_t>(size));
        const std::size_t fits = std::min(frame.size(), room.size() - used);
        std::copy_n(frame.begin(), fits, room.begin() + static_cast<std::ptrdiff_t>(used));
        used += fits;
        left_.assign(frame.begin() + static_cast<std::ptrdiff_t>(fits), frame.end());
    }
    store_ = nullptr;
    return used;
}

int Http2Session::frame_sent(const nghttp2_frame& frame) {
    const auto earn = [this](std::size_t credit) {
        credit_ = std::min(credit_ + static_cast<int>(credit), full_credit);
    };
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS:
            earn(worth_of_answer);
            break;
        case NGHTTP2_DATA:
            answered_ += frame.hd.length;
            earn(1 + frame.hd.length / octets_of_credit);
            break;
        case NGHTTP2_RST_STREAM:
            // The client provoked it, unless a body failed.
            if (frame.rst_stream.error_code != NGHTTP2_NO_ERROR &&
                frame.rst_stream.error_code != NGHTTP2_INTERNAL_ERROR && !spend(cost_of_reset)) {
                end(NGHTTP2_ENHANCE_YOUR_CALM);
            }
            return 0;
        default:
            return 0;
    }
    // An answer that came before the end of the request makes the rest of it unwanted (RFC 9113,
    // section 8.1).
    if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
        nghttp2_session_get_stream_remote_close(session_.get(), frame.hd.stream_id) == 0) {
        nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, frame.hd.stream_id,
                                  NGHTTP2_NO_ERROR);
    }
    return 0;
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
