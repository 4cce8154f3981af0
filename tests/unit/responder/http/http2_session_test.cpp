#include <boost/test/unit_test.hpp>

#include "tests/unit/responder/http/session_client.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(http2_session_test)

namespace {

using test::response;
using test::streamed;
using test::written;
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
constexpr std::uint8_t end_stream = 0x1;
constexpr std::uint8_t ack = 0x1;
constexpr std::uint8_t end_headers = 0x4;
constexpr std::uint32_t enhance_your_calm = 11;

std::string u32(std::uint32_t value) {
    std::string text(4, '\0');
    put_u32(reinterpret_cast<std::uint8_t*>(text.data()), value);
    return text;
}

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  const std::string& payload = {}) {
    std::string text = u32(static_cast<std::uint32_t>(payload.size())).substr(1);
    text += static_cast<char>(type);
    text += static_cast<char>(flags);
    return text + u32(stream) + payload;
}

// GET http://h/a?b, by HPACK's static table (RFC 7541, appendix A).
const std::string get_fields = "\x82\x86\x04\x04/a?b\x41\x01h"s;
// POST http://h/
const std::string post_fields = "\x83\x86\x84\x41\x01h"s;
const std::string begin = std::string(http2_preface) + frame(settings, 0, 0);

std::string get(std::uint32_t stream) {
    return frame(headers, end_stream | end_headers, stream, get_fields);
}

// A field that is not put into the table.
std::string field(const std::string& name, const std::string& value) {
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

std::vector<Frame> frames_of(const std::string& text) {
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

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_has_its_parts_in_http2) {
    Spoken spoken;
    spoken.say(get(1));
    const auto stream = spoken.session->next_request();
    BOOST_TEST_REQUIRE(stream.has_value());
    const HttpRequest& request = *spoken.session->request(*stream);
    BOOST_TEST(request.method == "GET");
    BOOST_TEST(request.path == "/a");
    BOOST_TEST(request.query == "b");
    BOOST_TEST(request.authority == "h");
    BOOST_TEST(request.fields.empty());
    spoken.session->respond(*stream, response("answer"));
    const auto frames = spoken.frames();
    BOOST_TEST_REQUIRE(frames.size() == 2U);
    BOOST_TEST(frames[0].type == headers);
    BOOST_TEST(frames[1].payload == "answer");
    BOOST_TEST(frames[1].flags == end_stream);
    BOOST_TEST(spoken.session->idle());
}

BOOST_AUTO_TEST_CASE(content_comes_in_frames_of_any_size) {
    Spoken spoken;
    spoken.say(frame(headers, end_headers, 1, post_fields + field("x-a", "1")) +
               frame(data, 0, 1, "ab") + frame(data, 0, 1) + frame(data, end_stream, 1, "c"));
    const auto stream = spoken.session->next_request();
    BOOST_TEST_REQUIRE(stream.has_value());
    BOOST_TEST(as_text(spoken.session->request(*stream)->body) == "abc");
    BOOST_TEST(spoken.session->request(*stream)->field("x-a") == "1");
}

BOOST_AUTO_TEST_CASE(octets_may_come_one_by_one_in_http2) {
    Spoken spoken;
    for (const char c : get(1))
        spoken.say({c});
    BOOST_TEST(spoken.session->has_request());
}

BOOST_AUTO_TEST_CASE(requests_may_be_answered_in_any_order) {
    Spoken spoken;
    spoken.say(get(1) + get(3));
    const auto first = spoken.session->next_request();
    const auto second = spoken.session->next_request();
    BOOST_TEST_REQUIRE((first && second));
    spoken.session->respond(*second, response("second"));
    BOOST_TEST(spoken.content_of(3) == "second");
    spoken.session->respond(*first, response("first"));
    BOOST_TEST(spoken.content_of(1) == "first");
}

BOOST_AUTO_TEST_CASE(a_request_that_was_given_up_has_no_answer) {
    Spoken spoken;
    spoken.say(get(1));
    const auto stream = spoken.session->next_request();
    spoken.say(frame(reset, 0, 1, u32(8)));
    BOOST_TEST((spoken.session->request(*stream) == nullptr));
    spoken.session->respond(*stream, response("answer"));
    BOOST_TEST(spoken.frames().empty());
    BOOST_TEST(spoken.session->idle());
    BOOST_TEST(spoken.session->held() == 0U);
}

BOOST_AUTO_TEST_CASE(an_answer_waits_for_the_window) {
    Spoken spoken;
    // SETTINGS_INITIAL_WINDOW_SIZE
    spoken.say(frame(settings, 0, 0, "\0\4"s + u32(10)) + get(1));
    spoken.session->respond(*spoken.session->next_request(), response(std::string(30, 'x')));
    BOOST_TEST(spoken.content_of(1).size() == 10U);
    BOOST_TEST(spoken.session->held() == 20U);
    BOOST_TEST(!spoken.session->wants_write());
    spoken.say(frame(update, 0, 1, u32(15)));
    BOOST_TEST(spoken.content_of(1).size() == 15U);
    spoken.say(frame(update, 0, 1, u32(15)));
    BOOST_TEST(spoken.content_of(1).size() == 5U);
    BOOST_TEST(spoken.session->idle());
}

BOOST_AUTO_TEST_CASE(a_body_is_read_as_the_client_reads) {
    Spoken spoken;
    spoken.say(get(1));
    spoken.session->respond(*spoken.session->next_request(),
                            streamed(std::string(200'000, 'x'), 5000));
    std::size_t received = 0;
    for (int turns = 0; turns < 100 && !spoken.session->idle(); ++turns) {
        const std::size_t now = spoken.content_of(1).size();
        received += now;
        BOOST_TEST(now <= 65535U);
        if (now != 0) {
            spoken.say(frame(update, 0, 1, u32(static_cast<std::uint32_t>(now))) +
                       frame(update, 0, 0, u32(static_cast<std::uint32_t>(now))));
        }
    }
    BOOST_TEST(received == 200'000U);
    BOOST_TEST(spoken.session->idle());
}

BOOST_AUTO_TEST_CASE(so_many_bodies_are_made_at_once) {
    Spoken spoken;
    for (std::uint32_t stream = 1; stream < 20; stream += 2)
        spoken.say(get(stream));
    unsigned taken = 0;
    while (const auto stream = spoken.session->next_request()) {
        spoken.session->respond(*stream, streamed(std::string(1000, 'x'), 1000));
        ++taken;
    }
    BOOST_TEST(taken == 4U);
    BOOST_TEST(!spoken.session->has_request());
    // Those that waited follow.
    spoken.frames();
    BOOST_TEST(spoken.session->has_request());
}

BOOST_AUTO_TEST_CASE(bodies_that_fail_cost_no_credit) {
    Spoken spoken;
    for (std::uint32_t stream = 1; stream < 1001; stream += 2) {
        spoken.say(get(stream));
        const auto id = spoken.session->next_request();
        BOOST_TEST_REQUIRE(id.has_value());
        spoken.session->respond(*id, streamed("abc", 3, true));
        spoken.frames();
    }
    BOOST_TEST(!spoken.session->finished());
}

BOOST_AUTO_TEST_CASE(a_head_that_is_refused_has_no_content_in_http2) {
    Spoken spoken;
    // As get_fields, with a method that is not in the static table.
    const std::string head_fields = "\x42\x04HEAD\x86\x84\x41\x01h"s;
    spoken.say(frame(headers, end_headers | end_stream, 1,
                     head_fields + field("x", std::string(9000, 'x'))));
    BOOST_TEST(!spoken.session->next_request().has_value());
    const auto frames = spoken.frames();
    BOOST_TEST_REQUIRE(frames.size() == 1U);
    BOOST_TEST(frames[0].type == headers);
    BOOST_TEST((frames[0].flags & end_stream) != 0);
}

BOOST_AUTO_TEST_CASE(a_body_that_fails_resets_its_stream) {
    Spoken spoken;
    spoken.say(get(1));
    spoken.session->respond(*spoken.session->next_request(), streamed("abc", 3, true));
    BOOST_TEST(spoken.reset_of(1).value_or(0) == 2U);  // INTERNAL_ERROR
    BOOST_TEST(!spoken.session->finished());
}

BOOST_AUTO_TEST_CASE(a_request_has_limits_in_http2) {
    Spoken spoken;
    spoken.say(frame(headers, end_headers | end_stream, 1,
                     get_fields + field("x", std::string(9000, 'x'))));
    BOOST_TEST(!spoken.session->next_request().has_value());
    BOOST_TEST(spoken.content_of(1) == "the fields are too long\n");
    // The answer does not wait for the end of the request.
    spoken.say(frame(headers, end_headers, 3, post_fields));
    for (int i = 0; i < 5; ++i)
        spoken.say(frame(data, 0, 3, std::string(1000, 'y')));
    BOOST_TEST(!spoken.session->next_request().has_value());
    const auto frames = spoken.frames();
    BOOST_TEST(std::ranges::any_of(frames, [](const Frame& each) {
        return each.type == data && each.payload == "the content is too long\n";
    }));
    BOOST_TEST(std::ranges::any_of(
        frames, [](const Frame& each) { return each.type == reset && each.code() == 0; }));
    BOOST_TEST(spoken.session->idle());
    // The connection goes on.
    spoken.say(get(5));
    BOOST_TEST(spoken.session->has_request());
}

BOOST_AUTO_TEST_CASE(requests_that_are_begun_have_limits) {
    Spoken spoken;
    for (std::uint32_t stream = 1; stream < 241; stream += 2)
        spoken.say(frame(headers, end_headers, stream, post_fields));
    BOOST_TEST(spoken.session->has_begun());
    BOOST_TEST(spoken.reset_of(239).has_value());
    // Together they may have 64 KiB.
    Spoken greedy;
    const std::string content(4000, 'x');
    for (std::uint32_t stream = 1; stream < 41; stream += 2) {
        greedy.say(frame(headers, end_headers, stream, post_fields) +
                   frame(data, 0, stream, content));
    }
    BOOST_TEST(!greedy.session->next_request().has_value());
    BOOST_TEST(greedy.content_of(39) == "the content is too long\n");
}

BOOST_AUTO_TEST_CASE(a_bomb_of_fields_ends_the_connection) {
    Spoken spoken;
    // A field of 4,000 octets goes into the table, and then comes again and again as one octet.
    std::string fields = get_fields + "\x40\x01x\x7f\xa1\x1e" + std::string(4000, 'x');
    spoken.say(frame(headers, end_headers | end_stream, 1, fields + std::string(8000, '\xbe')));
    BOOST_TEST(spoken.ended().value_or(0) == enhance_your_calm);
}

BOOST_AUTO_TEST_CASE(floods_end_the_connection) {
    const auto flood = [](const std::string& each, unsigned times) {
        Spoken spoken;
        for (unsigned i = 0; i < times && !spoken.session->finished(); ++i) {
            spoken.say(each);
            if (i % 8 == 7) {
                const auto code = spoken.ended();
                if (code) return *code;
            }
        }
        return ~0U;
    };
    BOOST_TEST(flood(frame(ping, 0, 0, "12345678"), 2000) == enhance_your_calm);
    BOOST_TEST(flood(frame(settings, 0, 0), 2000) == enhance_your_calm);
    BOOST_TEST(flood(frame(priority, 0, 1, "\0\0\0\0\x10"s), 2000) == enhance_your_calm);
    BOOST_TEST(flood(frame(update, 0, 0, u32(1)), 2000) == enhance_your_calm);
    // Frames of an unknown type, which are to be ignored (RFC 9113, section 4.1).
    BOOST_TEST(flood(frame(0x20, 0, 0), 20'000) == enhance_your_calm);
    BOOST_TEST(flood(frame(0x20, 0, 0, std::string(200, 'x')), 2000) == enhance_your_calm);
    BOOST_TEST(flood(frame(0x20, 0, 0, std::string(20, 'x')), 100) == ~0U);
}

BOOST_AUTO_TEST_CASE(answers_to_pings_are_not_piled_up) {
    Spoken spoken;
    for (int i = 0; i < 200; ++i)
        spoken.say(frame(ping, 0, 0, "12345678"));
    BOOST_TEST(spoken.ended().has_value());
}

BOOST_AUTO_TEST_CASE(rapid_resets_end_the_connection) {
    Spoken spoken;
    std::optional<std::uint32_t> code;
    std::uint32_t stream = 1;
    for (; !code && stream < 10'000; stream += 2) {
        spoken.say(get(stream) + frame(reset, 0, stream, u32(8)));
        BOOST_TEST(!spoken.session->has_request());
        if (stream % 16 == 15) code = spoken.ended();
    }
    BOOST_TEST(code.value_or(0) == enhance_your_calm);
    BOOST_TEST(stream < 400U);
}

// The client makes the server reset its streams.
BOOST_AUTO_TEST_CASE(provoked_resets_end_the_connection) {
    Spoken spoken;
    std::optional<std::uint32_t> code;
    std::uint32_t stream = 1;
    for (; !code && stream < 10'000; stream += 2) {
        spoken.say(get(stream) + frame(update, 0, stream, u32(0)));
        if (stream % 16 == 15) code = spoken.ended();
    }
    BOOST_TEST(code.has_value());
    BOOST_TEST(stream < 400U);
}

BOOST_AUTO_TEST_CASE(continuation_has_an_end) {
    Spoken spoken;
    spoken.say(frame(headers, end_stream, 1, get_fields));
    for (int i = 0; i < 20; ++i)
        spoken.say(frame(continuation, 0, 1, field("x", "y")));
    BOOST_TEST(spoken.ended().has_value());
}

BOOST_AUTO_TEST_CASE(answers_earn_credit) {
    Spoken spoken;
    for (std::uint32_t stream = 1; stream < 20'001; stream += 2) {
        spoken.say(get(stream) + frame(update, 0, 0, u32(6)));
        const auto id = spoken.session->next_request();
        BOOST_TEST_REQUIRE(id.has_value());
        spoken.session->respond(*id, response("answer"));
        spoken.frames();
    }
    BOOST_TEST(!spoken.session->finished());
}

BOOST_AUTO_TEST_CASE(malformed_frames_end_the_connection) {
    const auto code = [](const std::string& octets) {
        Spoken spoken;
        spoken.say(octets);
        return spoken.ended().value_or(~0U);
    };
    constexpr std::uint32_t protocol_error = 1;
    constexpr std::uint32_t flow_control_error = 3;
    constexpr std::uint32_t frame_size_error = 6;
    constexpr std::uint32_t compression_error = 9;
    BOOST_TEST(code(frame(settings, 0, 0, "12345")) == frame_size_error);
    BOOST_TEST(code(frame(settings, ack, 0, "123456")) == frame_size_error);
    BOOST_TEST(code(frame(ping, 0, 0, "1234567")) == frame_size_error);
    BOOST_TEST(code(frame(ping, 0, 1, "12345678")) == protocol_error);
    BOOST_TEST(code(frame(data, 0, 0, "x")) == protocol_error);
    BOOST_TEST(code(frame(data, 0, 1, "x")) == protocol_error);
    BOOST_TEST(code(frame(headers, end_headers, 2, get_fields)) == protocol_error);
    BOOST_TEST(code(frame(headers, end_headers, 1, "\xff\xff\xff\xff\xff\xff\xff")) ==
               compression_error);
    BOOST_TEST(code(frame(continuation, end_headers, 1, get_fields)) == protocol_error);
    BOOST_TEST(code(frame(push, end_headers, 1, u32(2) + get_fields)) == protocol_error);
    BOOST_TEST(code(frame(update, 0, 0, u32(0))) == protocol_error);
    BOOST_TEST(code(frame(update, 0, 0, u32(0x7fffffff))) == flow_control_error);
    BOOST_TEST(code(frame(data, 0, 1, std::string(16385, 'x'))) == frame_size_error);
    BOOST_TEST(code(frame(settings, 0, 0, "\0\2"s + u32(2))) == protocol_error);

    const auto session = make_http2_session({}, {});
    session->receive(as_octets("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    written(*session);
    BOOST_TEST(session->finished());
}

BOOST_AUTO_TEST_CASE(malformed_requests_reset_their_streams) {
    const auto reset_by = [](const std::string& fields, const std::string& after = {}) {
        Spoken spoken;
        spoken.say(frame(headers, end_headers, 1, fields) + after);
        BOOST_TEST(!spoken.session->has_request());
        return spoken.reset_of(1).has_value();
    };
    BOOST_TEST(reset_by(field("x", "no pseudo-header")));
    BOOST_TEST(reset_by(get_fields + field("Upper", "case")));
    BOOST_TEST(reset_by(get_fields + field("connection", "close")));
    BOOST_TEST(reset_by(get_fields + "\x82"));
    BOOST_TEST(reset_by(get_fields + field(":status", "200")));
    // Two lengths, and one that is not so.
    BOOST_TEST(reset_by(post_fields + field("content-length", "1") + field("content-length", "2")));
    BOOST_TEST(
        reset_by(post_fields + field("content-length", "2"), frame(data, end_stream, 1, "x")));
}

BOOST_AUTO_TEST_CASE(a_session_that_ends_takes_no_more) {
    Spoken spoken;
    spoken.say(get(1));
    spoken.session->shut_down();
    BOOST_TEST(!spoken.session->finished());
    const auto frames = spoken.frames();
    BOOST_TEST_REQUIRE(frames.size() == 1U);
    BOOST_TEST(frames[0].type == goaway);
    spoken.say(get(3));
    const auto stream = spoken.session->next_request();
    spoken.session->respond(*stream, response("last"));
    BOOST_TEST(!spoken.session->next_request().has_value());
    BOOST_TEST(spoken.content_of(1) == "last");
    BOOST_TEST(spoken.session->finished());
}

BOOST_AUTO_TEST_CASE(a_body_that_waits_for_time_rests_in_http2) {
    Spoken spoken;
    test::HeldBody::State body{.rest = HttpBody::Rest::pause};
    spoken.say(get(1));
    spoken.session->respond(spoken.session->next_request().value(), test::held(body));
    std::vector<std::uint8_t> room(100'000);
    const auto write = [&] {
        for (int turn = 0; turn < 3; ++turn)
            spoken.session->write(room, nullptr, {});
    };
    write();
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::pause));
    spoken.say(frame(ping, 0, 0, "12345678"));
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::none));  // there is an answer to send
    write();
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::pause));
    body.released = true;
    write();
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::none));
    BOOST_TEST(spoken.session->idle());
}

BOOST_AUTO_TEST_CASE(of_two_bodies_in_http2_the_one_that_rests_less_counts) {
    Spoken spoken;
    test::HeldBody::State woken{.rest = HttpBody::Rest::wake};
    test::HeldBody::State paused{.rest = HttpBody::Rest::pause};
    std::vector<std::uint8_t> room(100'000);
    const auto write = [&] {
        for (int turn = 0; turn < 3; ++turn)
            spoken.session->write(room, nullptr, {});
    };
    spoken.say(get(1));
    spoken.session->respond(spoken.session->next_request().value(), test::held(woken));
    write();
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::wake));
    spoken.say(get(3));
    spoken.session->respond(spoken.session->next_request().value(), test::held(paused));
    write();
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::pause));
    paused.released = true;
    write();
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::wake));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
