#include <boost/test/unit_test.hpp>
#include <map>

#include "tests/unit/responder/http/http2_client.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(http2_session_test)

namespace {

using namespace test::http2;
using test::response;
using test::streamed;
using test::written;
using namespace std::string_literals;

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

// A frame with content is written only where the room holds one of any length.
BOOST_AUTO_TEST_CASE(answers_are_whole_in_rooms_of_any_size) {
    for (const std::size_t room : {16'393U, 20'000U, 32'785U, 32'786U, 100'000U}) {
        Spoken spoken;
        // SETTINGS_INITIAL_WINDOW_SIZE
        spoken.say(frame(settings, 0, 0, "\0\4"s + u32(1U << 20)) +
                   frame(update, 0, 0, u32(1U << 20)));
        spoken.frames();
        std::string content;
        for (int i = 0; i < 70'000; ++i)
            content += static_cast<char>('a' + i % 23);
        spoken.say(get(1) + get(3));
        spoken.session->respond(*spoken.session->next_request(), response(content));
        spoken.session->respond(*spoken.session->next_request(), streamed(content, 100'000));
        std::map<std::uint32_t, std::string> got;
        for (const Frame& each : frames_of(written(*spoken.session, room))) {
            if (each.type == data) got[each.stream] += each.payload;
        }
        BOOST_TEST((got[1] == content), "room of " << room);
        BOOST_TEST((got[3] == content), "room of " << room);
        BOOST_TEST(spoken.session->idle());
    }
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

BOOST_AUTO_TEST_CASE(a_body_that_fails_resets_its_stream) {
    Spoken spoken;
    spoken.say(get(1));
    spoken.session->respond(*spoken.session->next_request(), streamed("abc", 3, true));
    BOOST_TEST(spoken.reset_of(1).value_or(0) == 2U);  // INTERNAL_ERROR
    BOOST_TEST(!spoken.session->finished());
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
