// The client's side of an HTTP/2 session, frame by frame (RFC 9113, section 4.1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/responder/http/session_client.hpp"

namespace dnshist::responder::test::http2 {

using namespace std::string_literals;

enum Type : std::uint8_t {
    data,
    headers,
    priority,
    reset,
    settings,
    push,
    ping,
    goaway,
    update,
    continuation
};
inline constexpr std::uint8_t end_stream = 0x1;
inline constexpr std::uint8_t ack = 0x1;
inline constexpr std::uint8_t end_headers = 0x4;
inline constexpr std::uint32_t enhance_your_calm = 11;

inline std::string u32(std::uint32_t value) {
    std::string text(4, '\0');
    put_u32(reinterpret_cast<std::uint8_t*>(text.data()), value);
    return text;
}

inline std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                         const std::string& payload = {}) {
    std::string text = u32(static_cast<std::uint32_t>(payload.size())).substr(1);
    text += static_cast<char>(type);
    text += static_cast<char>(flags);
    return text + u32(stream) + payload;
}

// GET http://h/a?b, by HPACK's static table (RFC 7541, appendix A).
inline const std::string get_fields = "\x82\x86\x04\x04/a?b\x41\x01h"s;
// POST http://h/
inline const std::string post_fields = "\x83\x86\x84\x41\x01h"s;
inline const std::string begin = std::string(http2_preface) + frame(settings, 0, 0);

inline std::string get(std::uint32_t stream) {
    return frame(headers, end_stream | end_headers, stream, get_fields);
}

// A field that is not put into the table.
inline std::string field(const std::string& name, const std::string& value) {
    const auto text = [](const std::string& each) {
        std::string coded;
        if (each.size() < 127) {
            coded += static_cast<char>(each.size());
        } else {
            coded += '\x7f';
            std::size_t rest = each.size() - 127;
            for (; rest >= 128; rest >>= 7)
                coded += static_cast<char>(0x80 | (rest & 0x7f));
            coded += static_cast<char>(rest);
        }
        return coded + each;
    };
    return '\0' + text(name) + text(value);
}

struct Frame {
    std::uint8_t type;
    std::uint8_t flags;
    std::uint32_t stream;
    std::string payload;

    std::uint32_t code(std::size_t at = 0) const {
        return payload.size() < at + 4 ? ~0U : get_u32(as_octets(payload).data() + at);
    }
};

inline std::vector<Frame> frames_of(const std::string& text) {
    std::vector<Frame> frames;
    OctetReader reader(as_octets(text));
    while (!reader.at_end()) {
        const Octets head = reader.octets(9).value();
        const std::size_t size = get_u32(head.data()) >> 8;
        frames.push_back({head[3], head[4], get_u32(head.data() + 5),
                          std::string(as_text(reader.octets(size).value()))});
    }
    return frames;
}

struct Spoken {
    explicit Spoken(HttpLimits limits = {}) : session(make_http2_session({}, limits)) {
        say(begin);
        frames();
    }

    Spoken& say(const std::string& text) {
        session->receive(as_octets(text));
        return *this;
    }
    std::vector<Frame> frames() { return frames_of(written(*session)); }
    // The code with which the session ends; nothing where it goes on.
    std::optional<std::uint32_t> ended() {
        for (const Frame& each : frames()) {
            if (each.type == goaway && session->finished()) return each.code(4);
        }
        return std::nullopt;
    }
    // The code with which the stream is reset.
    std::optional<std::uint32_t> reset_of(std::uint32_t stream) {
        for (const Frame& each : frames()) {
            if (each.type == reset && each.stream == stream) return each.code();
        }
        return std::nullopt;
    }
    std::string content_of(std::uint32_t stream) {
        std::string content;
        for (const Frame& each : frames()) {
            if (each.type == data && each.stream == stream) content += each.payload;
        }
        return content;
    }

    std::unique_ptr<HttpSession> session;
};

}  // namespace dnshist::responder::test::http2
