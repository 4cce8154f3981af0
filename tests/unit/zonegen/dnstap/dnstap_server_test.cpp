// The listening side of Frame Streams, in one process with its senders: the answers to each, and
// that none of them holds up another.
#include "zonegen/dnstap/dnstap_server.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/dns_message.hpp"
#include "tests/support/dnstap_frames.hpp"
#include "tests/support/temporary_directory.hpp"
#include "zonegen/dnstap/frame_stream.hpp"

BOOST_AUTO_TEST_SUITE(dnstap_server_test)

using namespace dnshist;
using namespace dnshist::conf;
using namespace dnshist::zonegen;
using namespace dnshist::test;
namespace asio = boost::asio;
using Unix = asio::local::stream_protocol;

namespace {

constexpr std::chrono::seconds patience{60};

std::string frame() {
    DnsMessage response;
    response.question("example.com.", "A").record(DnsMessage::answer, "example.com. A 192.0.2.1");
    Protobuf message;
    message.number(field::kind, 4)
        .number(field::response_time, 1)
        .octets(field::zone, std::string_view("\0", 1));
    return data_frame(dnstap(message.octets(field::response, response.octets())).text());
}

const std::string ready = control_frame(4, dnstap_content);
const std::string accepted = control_frame(1, dnstap_content);
const std::string start = control_frame(2, dnstap_content);
const std::string stop = control_frame(3);
const std::string finish = control_frame(5);

struct Fixture {
    TemporaryDirectory directory;
    DnstapPlace place{directory.path() / "socket", {}};
    asio::io_context io;
    std::vector<std::string> said;
    unsigned observations = 0;
    bool full = false;
    std::optional<DnstapServer> server;

    void listen(DnstapServer::Limits limits = {}) {
        server.emplace(io, DnstapOptions{}, limits, receiver());
        const auto where = server->listen(place);
        BOOST_REQUIRE(where.has_value());
        place = *where;
    }
    DnstapReceiver receiver() {
        return {.observe = [this](const Observation&) { ++observations; },
                .refuse =
                    [this](const std::string& sender, std::uint64_t number, std::string_view,
                           const Reject&) {
                        said.push_back(sender + ", frame " + std::to_string(number) + " refused");
                    },
                .full = [this] { return full; },
                .log = [this](const std::string& line) { said.push_back(line); }};
    }

    Unix::socket connect() {
        Unix::socket socket(io);
        socket.connect(Unix::endpoint(place.path.string()));
        return socket;
    }
    static void send(Unix::socket& socket, const std::string& octets) {
        asio::write(socket, asio::buffer(octets));
    }
    // Runs the server until it has happened.
    template <class Happened>
    void until(Happened happened) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!happened()) {
            BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
            io.run_one_for(std::chrono::seconds{1});
        }
    }
    void until_said(const std::string& text) {
        until([&] {
            return std::ranges::any_of(said, [&](const std::string& line) {
                return line.find(text) != std::string::npos;
            });
        });
    }
    std::string receive(Unix::socket& socket, std::size_t size) {
        std::string octets(size, '\0');
        until([&] { return socket.available() >= size; });
        asio::read(socket, asio::buffer(octets));
        return octets;
    }
    void stop_server() {
        server->stop();
        io.run();
        BOOST_TEST(server->senders() == 0U);
        BOOST_TEST(!std::filesystem::exists(place.path));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_sender_that_asks_is_answered, Fixture) {
    listen();
    auto sender = connect();
    send(sender, ready);
    BOOST_TEST(receive(sender, accepted.size()) == accepted);
    send(sender, start + frame() + frame() + stop);
    BOOST_TEST(receive(sender, finish.size()) == finish);
    BOOST_TEST(observations == 2U);
    sender.close();
    until_said("gone after 2 frames");
    BOOST_TEST(said.back() == "sender 1 at " + dnstap_place_text(place) + ": gone after 2 frames");
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(one_that_does_not_ask_is_told_nothing, Fixture) {
    listen();
    auto sender = connect();
    send(sender, start + frame() + stop);
    sender.shutdown(Unix::socket::shutdown_send);
    until_said("gone after 1 frames");
    BOOST_TEST(observations == 1U);
    BOOST_TEST(sender.available() == 0U);
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(frames_in_pieces, Fixture) {
    listen();
    auto sender = connect();
    const std::string all =
        start + frame() + data_frame(std::string(max_frame_octets, '\xff')) + frame();
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t size = std::min<std::size_t>(at < 400 ? 1 : 4099, all.size() - at);
        send(sender, all.substr(at, size));
        at += size;
        io.poll();
    }
    until([&] { return observations == 2U; });
    BOOST_TEST(said.back().ends_with(", frame 2 refused"));
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(what_ends_a_sender, Fixture) {
    listen();
    const auto ends = [&](const std::string& octets, const std::string& why) {
        auto sender = connect();
        send(sender, octets);
        sender.shutdown(Unix::socket::shutdown_send);
        until_said(": " + why);
        said.clear();
    };
    ends(frame(), "it sent data before START");
    ends(start + stop + frame(), "it sent data before START");
    ends(start + frame().substr(0, 30), "it ended within a frame");
    ends(start + u32(1'000'000'000), "it sent a frame that is longer than any may be");
    ends("GET / HTTP/1.1\r\n\r\n", "it sent a frame that is longer than any may be");
    ends(u32(0) + u32(0), "it sent a malformed control frame");
    ends(control_frame(4, "protobuf:other"), "it has something else than dnstap");
    ends(control_frame(2, "protobuf:other"), "it sends something else than dnstap");
    ends(control_frame(1), "it sent a control frame that is the other side's");
    ends(control_frame(5), "it sent a control frame that is the other side's");
    BOOST_TEST(server->senders() == 0U);
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(one_that_does_not_begin_is_let_go, Fixture) {
    listen({.senders = 1, .begin = std::chrono::milliseconds{1}});
    auto silent = connect();
    until_said("gone after 0 frames: it sent no START");
    auto asks = connect();
    send(asks, ready);
    said.clear();
    until_said("gone after 0 frames: it sent no START");
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(one_that_has_begun_may_wait, Fixture) {
    listen({.senders = 2, .begin = std::chrono::milliseconds{100}});
    auto sender = connect();
    send(sender, start + frame());
    until([&] { return observations == 1U; });
    auto silent = connect();
    until_said("sender 2 at " + dnstap_place_text(place) + ": gone");
    send(sender, frame());
    until([&] { return observations == 2U; });
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(more_senders_than_there_may_be, Fixture) {
    listen({.senders = 2, .begin = patience});
    auto first = connect();
    auto second = connect();
    auto third = connect();
    until_said("sender 3 at " + dnstap_place_text(place) +
               ": turned away, there are 2 already (listen.senders)");
    BOOST_TEST(server->senders() == 2U);
    first.close();
    until_said("sender 1 at " + dnstap_place_text(place) + ": gone");
    auto fourth = connect();
    send(fourth, start + frame());
    until([&] { return observations == 1U; });
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(senders_wait_while_there_is_no_room, Fixture) {
    listen();
    full = true;
    std::vector<Unix::socket> senders;
    for (int i = 0; i < 5; ++i) {
        senders.push_back(connect());
        send(senders.back(), start + frame());
    }
    until([&] { return server->senders() == 5U; });
    io.poll();
    BOOST_TEST(observations == 0U);
    full = false;
    server->resume();
    until([&] { return observations == 5U; });
    // A waiting sender does not keep the server from stopping.
    full = true;
    send(senders[0], frame());
    io.poll();
    stop_server();
    BOOST_TEST(observations == 5U);
}

BOOST_FIXTURE_TEST_CASE(what_has_come_is_taken_before_the_end, Fixture) {
    listen();
    auto sender = connect();
    send(sender, start + frame());
    until([&] { return observations == 1U; });
    auto silent = connect();
    until([&] { return server->senders() == 2U; });
    send(sender, frame());
    stop_server();
    BOOST_TEST(observations == 2U);
    BOOST_TEST(server->octets() == (start + frame() + frame()).size());
}

BOOST_FIXTURE_TEST_CASE(a_socket_that_nobody_listens_at_is_replaced, Fixture) {
    { Unix::acceptor left_behind(io, Unix::endpoint(place.path.string())); }
    BOOST_REQUIRE(std::filesystem::is_socket(place.path));
    listen();
    // A socket file with a listener is not replaced.
    DnstapServer other(io, {}, {}, receiver());
    const auto second = other.listen(place);
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST(second.error().text ==
               "cannot take dnstap at " + dnstap_place_text(place) + ": Address already in use");
    auto sender = connect();
    send(sender, start + frame());
    until([&] { return observations == 1U; });
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(what_is_no_socket_stays, Fixture) {
    std::filesystem::create_directory(place.path);
    server.emplace(io, DnstapOptions{}, DnstapServer::Limits{}, receiver());
    BOOST_TEST(!server->listen(place).has_value());
    BOOST_TEST(std::filesystem::is_directory(place.path));
    BOOST_TEST(!server->listen({std::string("/") + std::string(200, 'x'), {}}).has_value());
    BOOST_TEST(!server->listen({directory.path() / "absent" / "socket", {}}).has_value());
    server->stop();
    io.run();
}

BOOST_FIXTURE_TEST_CASE(the_group_may_connect, Fixture) {
    listen();
    using std::filesystem::perms;
    const perms expected =
        perms::owner_read | perms::owner_write | perms::group_read | perms::group_write;
    BOOST_TEST((std::filesystem::status(place.path).permissions() == expected));
    stop_server();
}

BOOST_FIXTURE_TEST_CASE(over_tcp_a_free_port_is_told, Fixture) {
    for (const std::string address : {"127.0.0.1", "::1"}) {
        place = {{}, {address, 0}};
        listen();
        BOOST_TEST(place.endpoint.port != 0);
        server->stop();
        io.run();
        io.restart();
    }
}

BOOST_AUTO_TEST_SUITE_END()
