// Connections as captured: out of order, duplicated, with gaps; and their bounds.
#include "zonegen/capture/tcp_reassembly.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/support/packets.hpp"
#include "tests/support/random_seed.hpp"

BOOST_AUTO_TEST_SUITE(tcp_reassembly_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

Endpoints to_server(std::uint16_t port = 1024) {
    Endpoints between{};
    between.source[15] = 1;
    between.destination[15] = 2;
    between.source_port = port;
    between.destination_port = 53;
    return between;
}

std::string framed(const std::string& message) {
    return u16(static_cast<unsigned>(message.size())) + message;
}

const std::string asked = dns(1, query);
const std::string one = dns(1, answer, "one");
const std::string two = dns(2, answer, "three");
const std::string three = dns(3, answer, "four");

struct Fixture {
    std::vector<std::string> given;
    std::vector<long> times;
    PacketTime now{1'000'000};
    TcpReassembly streams{
        [](const Endpoints& between) {
            return TcpMessages::Expected{between.destination_port == 53, between.source_port == 53};
        },
        [this](const Endpoints&, Octets message, PacketTime time) {
            given.emplace_back(as_text(message));
            times.push_back(time.count() / 1'000'000);
        }};

    void add(const Endpoints& between, std::uint32_t sequence, const std::string& payload,
             unsigned flags = ack, std::uint32_t acknowledged = 0) {
        streams.add({between, sequence, (flags & syn) != 0, (flags & ack) != 0, as_octets(payload),
                     acknowledged},
                    now);
    }
    void add(std::uint32_t sequence, const std::string& payload, unsigned flags = ack,
             std::uint32_t acknowledged = 0) {
        add(to_server().reversed(), sequence, payload, flags, acknowledged);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(follows_both_directions, Fixture) {
    add(to_server(), 1, "", syn);
    add(1001, "", syn | ack);
    add(to_server(), 1, framed(asked));
    add(1001, framed(one));
    add(to_server(5000), 7, framed(asked));  // another connection
    BOOST_TEST((given == std::vector{asked, one, asked}));
    BOOST_TEST(streams.connections() == 2);
    BOOST_TEST(streams.octets() == 0);
    BOOST_TEST(streams.counts().gaps == 0);
}

// An attacker who does not see the connection does not know what the other side has sent.
BOOST_FIXTURE_TEST_CASE(drops_what_acknowledges_what_nobody_sent, Fixture) {
    const auto from_server = [&](std::uint32_t acknowledged, std::uint32_t sequence,
                                 const std::string& payload, unsigned flags = ack) {
        add(sequence, payload, flags, acknowledged);
    };
    constexpr std::uint32_t sent = 0x90000000;
    add(to_server(), sent, "", syn);
    from_server(sent + TcpReassembly::window + 1, 9000, "", syn | ack);
    from_server(sent - TcpReassembly::window - 1, 9000, framed(three));
    from_server(77, 9000, framed(three));
    BOOST_TEST(streams.counts().out_of_window == 3);
    from_server(sent, 1, "", syn | ack);
    from_server(77, 9000, "", syn | ack);  // a stranger's connection instead
    from_server(77, 9000, framed(three));
    from_server(sent + 20, 1, framed(one));
    from_server(sent + TcpReassembly::window, 1 + 2 + 20, "");
    streams.finish();
    BOOST_TEST((given == std::vector{one}));
}

// The sequence number wraps within the stream.
BOOST_FIXTURE_TEST_CASE(orders_segments_however_they_come, Fixture) {
    const std::string stream = framed(one) + framed(two) + framed(three) + framed(one);
    const std::uint64_t seed = random_seed();
    std::mt19937_64 random(seed);
    BOOST_TEST_CONTEXT("DNSHIST_SEED=" << seed) {
        for (std::uint16_t port = 1; port < 200; ++port) {
            given.clear();
            const auto start = static_cast<std::uint32_t>(0U - random() % stream.size());
            std::vector<std::pair<std::size_t, std::size_t>> parts;
            for (std::size_t at = 0; at < stream.size();) {
                const std::size_t size = 1 + random() % 20;
                parts.emplace_back(at, size);
                // Retransmitted in other segments.
                if (random() % 3 == 0) parts.emplace_back(at - std::min<std::size_t>(at, 5), size);
                at += size;
            }
            std::shuffle(parts.begin(), parts.end(), random);
            const Endpoints between = to_server(port).reversed();
            add(between, start, "", syn | ack);
            for (const auto& [at, size] : parts)
                add(between, start + static_cast<std::uint32_t>(at), stream.substr(at, size));
            BOOST_TEST((given == std::vector{one, two, three, one}));
            BOOST_TEST(streams.octets() == 0);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(takes_data_sent_with_the_first_segment, Fixture) {
    add(to_server(), 1, framed(asked), syn);  // TCP Fast Open (RFC 7413)
    add(to_server(), 1, framed(asked));       // retransmitted, since the server did not accept it
    BOOST_TEST((given == std::vector{asked}));
}

BOOST_FIXTURE_TEST_CASE(begins_within_a_connection, Fixture) {
    add(500, framed(one).substr(7));
    add(500 + static_cast<std::uint32_t>(framed(one).size()) - 7, framed(two));
    BOOST_TEST((given == std::vector{two}));
    BOOST_TEST(streams.counts().unreadable == 1);
}

BOOST_FIXTURE_TEST_CASE(goes_on_behind_a_gap, Fixture) {
    add(1, "", syn | ack);
    add(1, framed(one));
    const std::uint32_t behind = 1 + static_cast<std::uint32_t>(framed(one).size()) + 100;
    now += PacketTime{1'000'000};
    add(behind, framed(two));
    BOOST_TEST((given == std::vector{one}));  // the missing segment may still arrive
    now += TcpReassembly::gap_timeout + PacketTime{1};
    add(behind + static_cast<std::uint32_t>(framed(two).size()), framed(three));
    BOOST_TEST((given == std::vector{one, two, three}));
    BOOST_TEST((times == std::vector<long>{1, 2, 12}));
    BOOST_TEST(streams.counts().gaps == 1);
    BOOST_TEST(streams.octets() == 0);
}

BOOST_FIXTURE_TEST_CASE(gives_what_is_held_at_the_end, Fixture) {
    add(1, "", syn | ack);
    add(300, framed(two));
    add(200, framed(one));
    BOOST_TEST(given.empty());
    streams.finish();
    BOOST_TEST((given == std::vector{one, two}));
    BOOST_TEST(streams.octets() == 0);
    // finish() keeps an incomplete message, since more may follow.
    const std::uint32_t next = 300 + static_cast<std::uint32_t>(framed(two).size());
    add(next, framed(three).substr(0, 10));
    streams.finish();
    add(next + 10, framed(three).substr(10));
    BOOST_TEST((given == std::vector{one, two, three}));
}

BOOST_FIXTURE_TEST_CASE(begins_a_new_connection_between_the_same_ends, Fixture) {
    add(1, "", syn | ack);
    add(1, framed(one).substr(0, 10));
    add(to_server(), 900'000'000, "", syn);
    add(2'000'000'000, "", syn | ack, 900'000'000);
    add(2'000'000'000, framed(two), ack, 900'000'000);
    BOOST_TEST((given == std::vector{two}));
    // A retransmitted SYN changes nothing.
    add(2'000'000'000, "", syn | ack, 900'000'000);
    add(2'000'000'000 + static_cast<std::uint32_t>(framed(two).size()), framed(three), ack,
        900'000'000);
    BOOST_TEST((given == std::vector{two, three}));
}

BOOST_FIXTURE_TEST_CASE(does_not_take_what_is_far_off, Fixture) {
    add(1, "", syn | ack);
    add(2 + TcpReassembly::window, framed(one));
    add(0U - TcpReassembly::window, framed(one));
    streams.finish();
    BOOST_TEST(given.empty());
    BOOST_TEST(streams.counts().out_of_window == 2);
}

BOOST_FIXTURE_TEST_CASE(lets_idle_connections_go, Fixture) {
    add(1, "", syn | ack);
    add(200, framed(one));
    now += TcpReassembly::idle_timeout + PacketTime{1};
    add(to_server(5000), 1, "", syn);
    BOOST_TEST((given == std::vector{one}));
    BOOST_TEST(streams.connections() == 1);
}

BOOST_FIXTURE_TEST_CASE(streams_are_bounded, Fixture) {
    // Held segments per direction, each after a gap of its own.
    add(1, "", syn | ack);
    for (std::uint32_t i = 1; i <= 2 * TcpReassembly::max_held_segments; ++i) {
        add(1 + i * 100, "x");
        BOOST_TEST(streams.octets() <= TcpReassembly::max_held_segments + 14);
    }
    const std::string large(60'000, 'x');
    for (std::uint32_t i = 2; i <= 12; ++i) {
        add(to_server(1).reversed(), i * 70'000, large);
        BOOST_TEST(streams.octets() <= TcpReassembly::max_held_octets + 2 * large.size());
    }
    // Octets of all connections.
    for (std::uint16_t port = 2; port < 2000; ++port) {
        add(to_server(port).reversed(), 1, "", syn | ack);
        add(to_server(port).reversed(), 2, large);
        BOOST_TEST(streams.octets() <= TcpReassembly::max_octets);
    }
    // Connections.
    for (std::uint32_t i = 0; i < TcpReassembly::max_connections + 10; ++i) {
        Endpoints between = to_server(static_cast<std::uint16_t>(i));
        between.tunnels = i;
        add(between, 1, "", syn);
    }
    BOOST_TEST(streams.connections() == TcpReassembly::max_connections);
    BOOST_TEST(streams.octets() == 0);  // all others were dropped
}

BOOST_AUTO_TEST_SUITE_END()
