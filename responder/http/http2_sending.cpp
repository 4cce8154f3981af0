// Responses of HTTP/2, and how they are sent.
#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "responder/http/http2_session.hpp"

namespace dnshist::responder {

namespace {

nghttp2_nv pair_of(std::string_view name, std::string_view value) noexcept {
    const auto octets = [](std::string_view text) {
        // nghttp2 copies it, and changes nothing.
        return const_cast<std::uint8_t*>(as_octets(text).data());
    };
    return {octets(name), octets(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

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
    provider.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t size,
                                std::uint32_t* flags, nghttp2_data_source* source,
                                void* user) -> ssize_t {
        return guarded([&] {
            return self(user).read_answer(*static_cast<Stream*>(source->ptr), size, *flags);
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

// The content of a frame goes where it is sent from, behind the room of the frame's head.
ssize_t Http2Session::read_answer(Stream& stream, std::size_t most, std::uint32_t& flags) {
    if (room_.size() < longest_frame) return NGHTTP2_ERR_PAUSE;
    flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    const auto room = room_.subspan(frame_head, std::min(most, longest_frame - frame_head));
    if (stream.body != nullptr) return read_body(stream, room, flags);
    const auto octets = std::string_view(stream.answer).substr(stream.sent, room.size());
    std::ranges::copy(octets, room.begin());
    stream.sent += octets.size();
    held_ -= octets.size();
    if (stream.held() == 0) flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(octets.size());
}

// Directly after read_answer().
void Http2Session::send_head(const std::uint8_t* head, std::size_t content) {
    std::copy_n(head, frame_head, room_.begin());
    room_ = room_.subspan(frame_head + content);
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
    room_ = room;
    std::size_t fits = std::min(left_.size(), room.size());
    const auto put = [&](Octets octets) {
        std::ranges::copy(octets, room_.begin());
        room_ = room_.subspan(octets.size());
    };
    put(Octets(left_).first(fits));
    left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(fits));
    while (left_.empty() && room_.size() >= longest_frame) {
        const std::uint8_t* octets = nullptr;
        const ssize_t size = nghttp2_session_mem_send(session_.get(), &octets);
        if (size == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
        if (size < 0) broken_ = true;
        if (size <= 0) break;
        const Octets frame(octets, static_cast<std::size_t>(size));
        fits = std::min(frame.size(), room_.size());
        put(frame.first(fits));
        left_.assign(frame.begin() + static_cast<std::ptrdiff_t>(fits), frame.end());
    }
    store_ = nullptr;
    return room.size() - std::exchange(room_, {}).size();
}

int Http2Session::frame_sent(const nghttp2_frame& frame) {
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS:
            credit_.earn(Http2Credit::of_answer);
            break;
        case NGHTTP2_DATA:
            answered_ += frame.hd.length;
            credit_.send(frame.hd.length);
            break;
        case NGHTTP2_RST_STREAM:
            // The client provoked it, unless a body failed.
            if (frame.rst_stream.error_code != NGHTTP2_NO_ERROR &&
                frame.rst_stream.error_code != NGHTTP2_INTERNAL_ERROR &&
                !credit_.spend(Http2Credit::of_reset)) {
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

}  // namespace dnshist::responder
