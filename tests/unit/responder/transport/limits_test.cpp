// The limits of what clients make a worker hold: answers that they do not read, and costly
// questions that wait.
#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>

#include "responder/dispatch/deferred_queue.hpp"
#include "responder/http/http_session.hpp"
#include "responder/transport/tcp_server.hpp"
#include "responder/transport/udp_server.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/given.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(limits_test)

namespace {

using namespace std::string_literals;

constexpr Seconds now{1767225600};  // 2026-01-01

// The sockets of one worker, on an event loop that the test runs by itself.
struct Serving {
    explicit Serving(TcpLimits limits = {}) {
        test::Given given;
        for (const std::string& line :
             test::expand("n{1..3000}.example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01")) {
            given.add(line, now);
        }
        for (const std::string& line :
             test::expand("busy.example. TXT \"{1..99} {a*200}\"  2019-01-01 .. 2025-01-01")) {
            given.add(line, now);
        }
        given.write(directory.path(), now);
        store.emplace(directory.path());
        auto service = std::make_shared<ServiceConfig>();
        service->zones.push_back(Name::from_text("pdns.local").value());
        auto history = store->join([](std::shared_ptr<History>) {});
        responder.emplace(*store, std::move(history), std::move(service));
        std::array<WorkerSockets, 1> sockets;
        endpoint = listen_at({"127.0.0.1", 0}, Service::dns, sockets).value();
        store_wait.emplace(io, *responder);
        udp.emplace(io, *responder, queue, *store_wait, std::move(sockets[0].udp));
        tcp.emplace(io, *responder, queue, *store_wait);
        tcp->use(limits, {}, std::make_shared<const HttpConfig>());
        tcp->serve(std::move(sockets[0].tcp), Transport::tcp);
        http_port = listen_at({"127.0.0.1", 0}, Service::http, sockets).value().port;
        tcp->serve(std::move(sockets[0].http), Transport::http);
    }
    ~Serving() {
        tcp->stop();
        udp->stop();
        store->end();
        io.run();
    }

    FileDescriptor connect(int type, int receive_buffer = 1 << 16) const {
        return connect(type, endpoint.port, receive_buffer);
    }
    FileDescriptor connect_to_http() const { return connect(SOCK_STREAM, http_port, 1 << 16); }
    FileDescriptor connect(int type, std::uint16_t port, int receive_buffer) const {
        FileDescriptor client(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
        ::setsockopt(client.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        ::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
        BOOST_TEST_REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address),
                                     sizeof address) == 0);
        return client;
    }

    // Runs until no connection is open, or for a minute, which is more than enough; `meanwhile` ten
    // times a second.
    template <class Call>
    bool run_until_closed(Call meanwhile) {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        const Counters& counters = responder->counters();
        while (counters.tcp_accepted.get() == 0)
            io.run_one();
        while (counters.tcp_open.get() > 0 && std::chrono::steady_clock::now() < patience) {
            meanwhile();
            io.run_for(std::chrono::milliseconds(100));
        }
        return counters.tcp_open.get() == 0;
    }

    test::TemporaryDirectory directory;
    std::optional<SharedHistory> store;
    std::optional<BatchResponder> responder;
    conf::Endpoint endpoint;
    std::uint16_t http_port = 0;
    boost::asio::io_context io{1};
    DeferredQueue queue{io};
    std::optional<StoreWait> store_wait;
    std::optional<UdpServer> udp;
    std::optional<TcpServer> tcp;
};

std::vector<std::uint8_t> framed(const std::vector<std::uint8_t>& message) {
    std::vector<std::uint8_t> octets(2 + message.size());
    octets[0] = static_cast<std::uint8_t>(message.size() >> 8);
    octets[1] = static_cast<std::uint8_t>(message.size());
    std::ranges::copy(message, octets.begin() + 2);
    return octets;
}

// A frame of HTTP/2 (RFC 9113, section 4.1), of less than 256 octets.
std::string frame(char type, char flags, char stream, const std::string& payload) {
    return "\0\0"s + static_cast<char>(payload.size()) + type + flags + "\0\0\0"s + stream +
           payload;
}

// The beginning of a connection in HTTP/2 that asks, but leaves no room for the content of answers:
// SETTINGS_INITIAL_WINDOW_SIZE is 0.
std::string ask_without_a_window() {
    return std::string(http2_preface) + frame(4, 0, 0, "\0\4\0\0\0\0"s) +
           frame(1, 5, 1, "\x82\x86\x84\x41\x01h");
}

void say(const FileDescriptor& client, const std::string& octets) {
    ::send(client.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
}

// Waits for HEADERS, of the first stream.
void read_head(Serving& serving, const FileDescriptor& client) {
    std::string received;
    std::array<char, 4096> room;
    while (received.find("\1\4\0\0\0\1"s) == std::string::npos) {
        serving.io.run_one();
        const ssize_t size = ::recv(client.get(), room.data(), room.size(), MSG_DONTWAIT);
        BOOST_TEST_REQUIRE(size != 0);
        if (size > 0) received.append(room.data(), static_cast<std::size_t>(size));
    }
}

const std::string costly = "TXT sort-count.limit-1.history.*.com.pdns.local";

// Asks a costly question while as many wait as may. It is answered in part at once, and does not
// wait as one more.
void ask_while_the_queue_is_full(int type) {
    Serving serving;
    bool ending = false;
    // Each that has its turn waits again, so the queue stays full.
    const DeferredQueue::Turn again = [&](Budget) {
        if (!ending) serving.queue.join(again);
    };
    for (std::size_t waiting = 0; waiting < DeferredQueue::capacity; ++waiting) {
        BOOST_TEST(!serving.queue.full());
        serving.queue.join(again);
    }
    BOOST_TEST(serving.queue.full());

    const FileDescriptor client = serving.connect(type);
    const auto message = test::request_of(test::ask_from_text(costly));
    const auto sent = type == SOCK_STREAM ? framed(message) : message;
    BOOST_TEST_REQUIRE(::send(client.get(), sent.data(), sent.size(), 0) > 0);
    std::array<std::uint8_t, 4096> room;
    while (::recv(client.get(), room.data(), room.size(), MSG_DONTWAIT) < 0)
        serving.io.run_one();
    BOOST_TEST(serving.responder->counters().deferred.get() == 1U);
    BOOST_TEST(serving.responder->counters().cut.get() == 1U);
    ending = true;
    serving.queue.close();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_costly_question_over_udp_that_finds_the_queue_full_does_not_wait) {
    ask_while_the_queue_is_full(SOCK_DGRAM);
}

BOOST_AUTO_TEST_CASE(a_costly_question_over_tcp_that_finds_the_queue_full_does_not_wait) {
    ask_while_the_queue_is_full(SOCK_STREAM);
}

BOOST_AUTO_TEST_CASE(a_client_whose_unread_answers_are_more_than_the_limit_is_closed) {
    TcpLimits limits;
    limits.unsent = 1000;
    limits.idle = std::chrono::hours(1);
    Serving serving(limits);
    const FileDescriptor client = serving.connect(SOCK_STREAM, 4096);
    const auto message = framed(
        test::request_of(test::ask_from_text("TXT limit-99.history.busy.example.pdns.local")));
    // Answers of some 20 kB, of which the kernel holds but a few.
    for (int question = 0; question < 100; ++question)
        BOOST_TEST_REQUIRE(::send(client.get(), message.data(), message.size(), 0) > 0);
    const Counters& counters = serving.responder->counters();
    // Every event that there is without the client's doing.
    do {
        serving.io.run_one();
    } while (counters.tcp_accepted.get() == 0 || serving.io.poll_one() > 0);
    const auto answered = counters.answered(Transport::tcp, QueryKind::history, 0);
    BOOST_TEST(answered > 1U);
    BOOST_TEST(answered < 100U);
    BOOST_TEST(counters.tcp_open.get() == 0U);
}

// Where an answer waits for the client's window, the reset ends every wait for the socket at once.
BOOST_AUTO_TEST_CASE(a_client_that_resets_the_connection_is_not_waited_for) {
    TcpLimits limits;
    limits.idle = std::chrono::hours(1);
    Serving serving(limits);
    FileDescriptor client = serving.connect_to_http();
    say(client, ask_without_a_window());
    read_head(serving, client);
    const linger reset{1, 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    client = FileDescriptor(-1);
    BOOST_TEST(serving.run_until_closed([] {}));
}

BOOST_AUTO_TEST_CASE(octets_that_ask_nothing_give_a_client_no_time) {
    TcpLimits limits;
    limits.idle = std::chrono::seconds(1);
    const std::string ping = frame(6, 0, 0, "12345678");
    {
        Serving serving(limits);
        const FileDescriptor client = serving.connect_to_http();
        say(client, std::string(http2_preface) + frame(4, 0, 0, ""));
        BOOST_TEST(serving.run_until_closed([&] { say(client, ping); }));
    }
    // Nor where an answer waits for the client, octet by octet.
    Serving serving(limits);
    const FileDescriptor client = serving.connect_to_http();
    say(client, ask_without_a_window());
    read_head(serving, client);
    BOOST_TEST(serving.run_until_closed([&] { say(client, ping + frame(8, 0, 1, "\0\0\0\1"s)); }));
}

// A client that has gone before it is served, with no other there: the time-outs of those that come
// later are kept all the same.
BOOST_AUTO_TEST_CASE(a_client_that_has_gone_already_stops_no_clock) {
    TcpLimits limits;
    limits.idle = std::chrono::seconds(1);
    Serving serving(limits);
    const Counters& counters = serving.responder->counters();
    static_cast<void>(serving.connect(SOCK_STREAM));
    while (counters.tcp_accepted.get() < 1 || counters.tcp_open.get() > 0)
        serving.io.run_one();
    const FileDescriptor client = serving.connect(SOCK_STREAM);
    while (counters.tcp_accepted.get() < 2)
        serving.io.run_one();
    // It asks nothing, and is closed; a minute is more than enough for that.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (counters.tcp_open.get() > 0 && std::chrono::steady_clock::now() < patience)
        serving.io.run_one_for(std::chrono::seconds(1));
    BOOST_TEST(counters.tcp_open.get() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
