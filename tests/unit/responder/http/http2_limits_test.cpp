#include <boost/test/unit_test.hpp>

#include "tests/unit/responder/http/http2_client.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(http2_limits_test)

namespace {

using namespace test::http2;
using test::response;
using test::streamed;
using test::written;
using namespace std::string_literals;

}  // namespace

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
