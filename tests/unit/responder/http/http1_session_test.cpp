#include <boost/test/unit_test.hpp>

#include "tests/unit/responder/http/session_client.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(http1_session_test)

namespace {

using test::response;
using test::streamed;
using test::written;

constexpr std::string_view get = "GET /a/b?c=d HTTP/1.1\r\nHost: h.example\r\n\r\n";

struct Spoken {
    explicit Spoken(HttpLimits limits = {}) : session(make_http1_session({}, limits)) {}

    Spoken& say(std::string_view text) {
        session->receive(as_octets(text));
        return *this;
    }
    // Answers the next request with its own method, target and content.
    bool answer() {
        const auto stream = session->next_request();
        if (!stream) return false;
        const HttpRequest& request = *session->request(*stream);
        session->respond(
            *stream,
            response(std::string(request.method) + " " + std::string(request.path) + " " +
                     std::string(request.query) + " " + std::string(as_text(request.body)) + "\n"));
        return true;
    }
    std::string all() {
        std::string said = written(*session);
        while (answer())
            said += written(*session);
        return said;
    }

    std::unique_ptr<HttpSession> session;
};

// The status of the only answer to these octets, after which the connection ends; 0 for no answer.
unsigned refused(std::string_view octets, HttpLimits limits = {}) {
    Spoken spoken(limits);
    spoken.say(octets);
    BOOST_TEST(!spoken.session->has_request(), octets);
    const std::string said = written(*spoken.session);
    if (said.empty()) return 0;
    BOOST_TEST(spoken.session->finished(), octets);
    BOOST_TEST(said.find("connection: close\r\n") != std::string::npos, said);
    BOOST_TEST(said.ends_with("\n"), said);
    BOOST_TEST(!spoken.session->wants_octets());
    return static_cast<unsigned>(std::stoul(said.substr(9, 3)));
}

std::string with_field(std::string_view field) {
    return "POST /x HTTP/1.1\r\nHost: h\r\n" + std::string(field) + "\r\n\r\n";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_has_its_parts) {
    Spoken spoken;
    spoken.say(
        "POST /p%20q?r=s HTTP/1.1\r\nHost: h.example:8\r\nX-One: 1\r\nContent-Length: "
        "3\r\n\r\nabc");
    const auto stream = spoken.session->next_request();
    BOOST_TEST_REQUIRE(stream.has_value());
    const HttpRequest& request = *spoken.session->request(*stream);
    BOOST_TEST(request.method == "POST");
    BOOST_TEST(request.path == "/p%20q");
    BOOST_TEST(request.query == "r=s");
    BOOST_TEST(request.authority == "h.example:8");
    BOOST_TEST(request.field("x-one") == "1");
    BOOST_TEST(request.field("x-two").empty());
    BOOST_TEST(as_text(request.body) == "abc");
    BOOST_TEST(!spoken.session->wants_octets());
    spoken.session->respond(*stream, response("answer"));
    BOOST_TEST(written(*spoken.session) == "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nanswer");
    BOOST_TEST(spoken.session->idle());
    BOOST_TEST(spoken.session->held() == 0U);
    BOOST_TEST(!spoken.session->finished());
}

BOOST_AUTO_TEST_CASE(a_target_may_be_absolute) {
    Spoken spoken;
    spoken.say("GET HTTP://other.example/x?y HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto stream = spoken.session->next_request();
    BOOST_TEST_REQUIRE(stream.has_value());
    BOOST_TEST(spoken.session->request(*stream)->authority == "other.example");
    BOOST_TEST(spoken.session->request(*stream)->path == "/x");
    BOOST_TEST(spoken.session->request(*stream)->query == "y");
}

BOOST_AUTO_TEST_CASE(octets_may_come_one_by_one) {
    Spoken spoken;
    for (const char& c : get)
        spoken.say({&c, 1});
    BOOST_TEST(spoken.all().ends_with("\r\n\r\nGET /a/b c=d \n"));
}

BOOST_AUTO_TEST_CASE(requests_that_do_not_wait_are_answered_in_order) {
    Spoken spoken;
    spoken.say(
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /3 HTTP/1.1\r\nHost: "
        "h\r\n\r\n");
    const std::string said = spoken.all();
    const std::size_t first = said.find("GET /1  \n");
    const std::size_t second = said.find("POST /2  abc\n");
    const std::size_t third = said.find("GET /3  \n");
    BOOST_TEST((first < second && second < third && third != std::string::npos), said);
}

BOOST_AUTO_TEST_CASE(a_connection_ends_where_the_client_or_its_version_says_so) {
    for (const std::string_view request :
         {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
        Spoken spoken;
        spoken.say(request);
        BOOST_TEST(spoken.all().find("connection: close\r\n") != std::string::npos);
        BOOST_TEST(spoken.session->finished());
    }
    Spoken old;
    old.say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(old.all().find("connection: keep-alive\r\n") != std::string::npos);
    BOOST_TEST(!old.session->finished());
}

BOOST_AUTO_TEST_CASE(a_head_has_no_content) {
    Spoken spoken;
    spoken.say("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(spoken.all() == "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_body_goes_in_chunks) {
    Spoken spoken;
    spoken.say(get);
    spoken.session->respond(*spoken.session->next_request(), streamed("twelve chars", 7));
    BOOST_TEST(written(*spoken.session) ==
               "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
               "0007\r\ntwelve \r\n0005\r\nchars\r\n0\r\n\r\n");
    BOOST_TEST(spoken.session->idle());

    // In a little room too.
    spoken.say(get);
    spoken.session->respond(*spoken.session->next_request(), streamed(std::string(1000, 'x'), 999));
    const std::string said = written(*spoken.session, 64);
    BOOST_TEST(std::ranges::count(said, 'x') == 1000);
    BOOST_TEST(said.ends_with("\r\n0\r\n\r\n"));

    // To a client of HTTP/1.0 as it is, up to the end of the connection.
    Spoken old;
    old.say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    old.session->respond(*old.session->next_request(), streamed("abc", 2));
    BOOST_TEST(written(*old.session) == "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc");
    BOOST_TEST(old.session->finished());
}

BOOST_AUTO_TEST_CASE(a_body_that_fails_has_no_end) {
    Spoken spoken;
    spoken.say(get);
    spoken.session->respond(*spoken.session->next_request(), streamed("abc", 3, true));
    BOOST_TEST(written(*spoken.session).ends_with("0003\r\nabc\r\n"));
    BOOST_TEST(spoken.session->finished());
    BOOST_TEST(spoken.session->broken());
    BOOST_TEST(!spoken.session->unframed());

    // In HTTP/1.0 the end of the connection would be taken for it.
    for (const bool fails : {true, false}) {
        Spoken old;
        old.say("GET / HTTP/1.0\r\n\r\n");
        old.session->respond(*old.session->next_request(), streamed("abc", 3, fails));
        BOOST_TEST(written(*old.session).ends_with("abc"));
        BOOST_TEST(old.session->broken() == fails);
        BOOST_TEST(old.session->unframed());
    }
}

BOOST_AUTO_TEST_CASE(content_that_is_expected_is_asked_for) {
    Spoken spoken;
    spoken.say(with_field("Content-Length: 2\r\nExpect: 100-continue"));
    BOOST_TEST(written(*spoken.session) == "HTTP/1.1 100 Continue\r\n\r\n");
    spoken.say("ab");
    BOOST_TEST(spoken.all().ends_with("POST /x  ab\n"));
    BOOST_TEST(refused(with_field("Content-Length: 2\r\nExpect: tea")) == 417U);
}

BOOST_AUTO_TEST_CASE(what_can_be_read_in_two_ways_is_refused) {
    BOOST_TEST(refused(with_field("Content-Length: 3\r\nContent-Length: 4")) == 400U);
    BOOST_TEST(refused(with_field("Content-Length: 3\r\nContent-Length: 3")) == 400U);
    BOOST_TEST(refused(with_field("Content-Length: 3, 3")) == 400U);
    BOOST_TEST(refused(with_field("Content-Length: +3")) == 400U);
    BOOST_TEST(refused(with_field("Content-Length: 99999999999999999999")) == 400U);
    BOOST_TEST(refused(with_field("Content-Length: 3\r\nTransfer-Encoding: chunked")) == 400U);
    BOOST_TEST(refused(with_field("Transfer-Encoding: chunked\r\nContent-Length: 3")) == 400U);
    BOOST_TEST(refused(with_field("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")) ==
               400U);
    BOOST_TEST(refused(with_field("Transfer-Encoding: gzip")) == 501U);
    BOOST_TEST(refused(with_field("Transfer-Encoding: gzip, chunked")) == 501U);
    BOOST_TEST(refused(with_field("Transfer-Encoding: chunked, gzip")) == 501U);
    BOOST_TEST(refused("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400U);
    BOOST_TEST(refused("GET / HTTP/1.1\r\n\r\n") == 400U);
    BOOST_TEST(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400U);
    BOOST_TEST(refused("GET / HTTP/1.1\r\nHost : a\r\n\r\n") == 400U);
    // Lines end with two octets; this version is "HTTP/1.1\nHost".
    BOOST_TEST(refused("GET / HTTP/1.1\nHost: a\n\n") == 505U);
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_refused) {
    BOOST_TEST(refused("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") == 400U);
    BOOST_TEST(refused("GET / HTTP/3.0\r\nHost: h\r\n\r\n") == 505U);
    BOOST_TEST(refused("GET / HTTP/2.0\r\nHost: h\r\n\r\n") == 505U);
    BOOST_TEST(refused("GET /\r\n\r\n") == 400U);
    BOOST_TEST(refused("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n") == 400U);
    BOOST_TEST(refused("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n") == 400U);
    BOOST_TEST(refused("GET / HTTP/1.1\r\nHost: h\r\nX: a\x01\r\n\r\n") == 400U);
    BOOST_TEST(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") ==
               400U);
    BOOST_TEST(refused("GE") == 0U);
}

BOOST_AUTO_TEST_CASE(a_request_has_limits) {
    const std::string long_text(9000, 'x');
    BOOST_TEST(refused("GET /" + long_text) == 431U);
    BOOST_TEST(refused("GET / HTTP/1.1\r\nX: " + long_text) == 431U);
    std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 0; i < 70; ++i)
        many += "A: b\r\n";
    BOOST_TEST(refused(many + "\r\n") == 431U);
    BOOST_TEST(refused(with_field("Content-Length: 4097")) == 413U);
    const std::string chunked = with_field("Transfer-Encoding: chunked");
    BOOST_TEST(refused(chunked + "1001\r\n") == 413U);
    BOOST_TEST(refused(chunked + "800\r\n" + std::string(0x800, 'x') + "\r\n801\r\n") == 413U);
    BOOST_TEST(refused(chunked + "1;" + long_text) == 413U);
    BOOST_TEST(refused(chunked + "0\r\nX: " + long_text) == 413U);
    // What is below them is read.
    Spoken spoken;
    spoken.say(with_field("Content-Length: 4096") + std::string(4096, 'y'));
    BOOST_TEST(spoken.session->has_request());
}

// Each piece ends one octet behind a line, so the parser can take all of it but that octet.
BOOST_AUTO_TEST_CASE(a_head_in_pieces_has_the_limit_of_a_whole_one) {
    Spoken spoken;
    spoken.say("GET / HTTP/1.1\r\nb");
    std::string piece;
    while (piece.size() < 4000)
        piece += ":\r\nb";
    for (int pieces = 0; pieces < 2; ++pieces)
        spoken.say(piece);
    BOOST_TEST(written(*spoken.session).empty());
    spoken.say(piece);
    BOOST_TEST(written(*spoken.session).starts_with("HTTP/1.1 431 "));
    BOOST_TEST(spoken.session->finished());
}

BOOST_AUTO_TEST_CASE(a_request_that_takes_too_long_is_refused) {
    Spoken spoken;
    spoken.say("GET / HTTP/1.1\r\nHo");
    BOOST_TEST(spoken.session->has_begun());
    spoken.session->time_out();
    BOOST_TEST(written(*spoken.session).starts_with("HTTP/1.1 408 Request Timeout\r\n"));
    // One that was not begun has no answer.
    Spoken idle;
    idle.session->time_out();
    BOOST_TEST(written(*idle.session).empty());
}

BOOST_AUTO_TEST_CASE(the_last_answer_says_that_it_is) {
    Spoken spoken;
    spoken.say(get);
    spoken.session->shut_down();
    BOOST_TEST(spoken.all().find("connection: close\r\n") != std::string::npos);
    BOOST_TEST(spoken.session->finished());
}

BOOST_AUTO_TEST_CASE(a_body_that_waits_for_time_rests) {
    Spoken spoken;
    test::HeldBody::State body{.rest = HttpBody::Rest::pause};
    spoken.say(get);
    spoken.session->respond(spoken.session->next_request().value(), test::held(body));
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::none));
    std::vector<std::uint8_t> room(1000);
    BOOST_TEST(spoken.session->write(room, nullptr, {}) > 0U);
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::pause));
    body.released = true;
    BOOST_TEST(written(*spoken.session).ends_with("0001\r\nx\r\n0\r\n\r\n"));
    BOOST_TEST((spoken.session->rest() == HttpBody::Rest::none));
    BOOST_TEST(spoken.session->idle());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
