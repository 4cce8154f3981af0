// From packets to responses: which are extracted, and the counts of the others.
#include "zonegen/capture/response_extractor.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/packets.hpp"

BOOST_AUTO_TEST_SUITE(response_extractor_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

using Query = CapturedResponse::Query;

struct Capture {
    std::vector<std::string> given;
    std::vector<Query> queries;
    std::vector<std::string> questions;
    std::vector<std::uint32_t> times;
    ResponseExtractor messages;
    PacketTime now{5'900'000};

    explicit Capture(CaptureOptions options = {})
        : messages(std::move(options), [this](const CapturedResponse& response) {
              given.emplace_back(as_text(response.message));
              queries.push_back(response.query);
              questions.emplace_back(as_text(response.question));
              times.push_back(response.time.since_epoch);
          }) {}
    void add(const std::string& packet) { messages.add(101, as_octets(packet), now); }
};

const std::string asked = dns(1, query);
const std::string answered = dns(1, answer);

}  // namespace

BOOST_AUTO_TEST_CASE(takes_responses_with_whether_they_were_asked_for) {
    Capture capture;
    capture.add(ipv4(udp(1024, 53, asked)));
    capture.add(ipv4_back(udp(53, 1024, answered)));
    capture.add(ipv4_back(udp(53, 1024, answered)));
    BOOST_TEST((capture.given == std::vector{answered, answered}));
    BOOST_TEST((capture.queries == std::vector{Query::seen, Query::not_seen}));
    BOOST_TEST((capture.times == std::vector{5U, 5U}));
    BOOST_TEST(capture.messages.counts().queries == 1);
    BOOST_TEST(capture.messages.counts().matched == 1);
    BOOST_TEST(capture.messages.counts().no_query == 1);
    BOOST_TEST(capture.messages.counts().packets == 3);
}

BOOST_AUTO_TEST_CASE(leaves_out_responses_to_other_questions) {
    Capture capture;
    capture.add(ipv4(udp(1024, 53, asked)));
    capture.add(ipv4_back(udp(53, 1024, dns(1, answer, "forged"))));
    BOOST_TEST(capture.given.empty());
    BOOST_TEST(capture.messages.counts().wrong_question == 1);
}

BOOST_AUTO_TEST_CASE(leaves_out_what_goes_the_wrong_way) {
    Capture capture;
    capture.add(ipv4(udp(1024, 53, answered)));
    capture.add(ipv4(udp(53, 1024, asked)));  // a query to a client
    BOOST_TEST(capture.given.empty());
    BOOST_TEST(capture.messages.counts().misdirected == 1);
    BOOST_TEST(capture.messages.counts().queries == 0);
    // Between servers both ports are 53.
    capture.add(ipv4(udp(53, 53, asked)));
    capture.add(ipv4_back(udp(53, 53, answered)));
    BOOST_TEST((capture.queries == std::vector{Query::seen}));
}

BOOST_AUTO_TEST_CASE(takes_multicast_dns_as_it_comes_from_the_link) {
    Capture capture;
    const std::string announced = udp(5353, 5353, answered);
    capture.add(ipv4(udp(5353, 5353, asked), {.destination = "e00000fb"}));
    capture.add(ipv4(announced, {.destination = "e00000fb"}));
    capture.add(ipv4(announced, {.source = "a9fe0101"}));
    capture.add(ipv6_between("fe80000000000000000000000000000f", "20010db8000000000000000000000002",
                             announced));
    capture.add(ipv6_between("20010db8000000000000000000000002", "ff0200000000000000000000000000fb",
                             announced));
    BOOST_TEST((capture.queries == std::vector<Query>(4, Query::multicast)));
    BOOST_TEST(capture.messages.counts().multicast == 4);
    // A router may have forwarded these, or they are in a tunnel, which anybody can send.
    capture.add(ipv4(announced));
    capture.add(ipv4(announced, {.destination = "e0000101"}));
    capture.add(ipv6_between("20010db8000000000000000000000002", "ff0500000000000000000000000000fb",
                             announced));
    capture.add(ipv6_between("fec00000000000000000000000000001", "20010db8000000000000000000000002",
                             announced));
    capture.add(ipv4(ipv4(announced, {.destination = "e00000fb"}), {.protocol = 4}));
    BOOST_TEST(capture.given.size() == 4);
    BOOST_TEST(capture.messages.counts().not_from_link == 5);
    capture.add(ipv4(udp(1024, 5353, answered)));
    capture.add(ipv4(udp(5353, 5353, "short")));
    BOOST_TEST(capture.messages.counts().other_ports == 1);
    BOOST_TEST(capture.messages.counts().too_short == 1);
}

BOOST_AUTO_TEST_CASE(looks_at_the_ports_named_alone) {
    Capture capture({.ports = {5300}, .multicast_ports = {}, .mirrors = {}});
    capture.add(ipv4(udp(53, 1024, answered)));
    capture.add(ipv4(udp(5353, 5353, answered)));
    capture.add(ipv4(tcp(53, 1024, 1, ack, "x"), {.protocol = 6}));
    BOOST_TEST(capture.messages.counts().other_ports == 3);
    capture.add(ipv4(udp(5300, 1024, answered)));
    BOOST_TEST(capture.given.size() == 1);
}

BOOST_AUTO_TEST_CASE(matches_over_tcp) {
    Capture capture;
    const auto framed = [](const std::string& message) {
        return u16(static_cast<unsigned>(message.size())) + message;
    };
    const Ipv4 header{.protocol = 6};
    capture.add(ipv4(tcp(1024, 53, 99, syn, ""), header));
    capture.add(ipv4_back(tcp(53, 1024, 499, syn | ack, ""), header));
    capture.add(ipv4(tcp(1024, 53, 100, ack, framed(asked)), header));
    capture.add(ipv4_back(tcp(53, 1024, 500, ack, framed(answered) + framed(answered)), header));
    BOOST_TEST((capture.given == std::vector{answered, answered}));
    BOOST_TEST((capture.queries == std::vector{Query::seen, Query::seen}));
    // After a gap, delivered at the end.
    capture.add(ipv4_back(tcp(53, 1024, 700, ack, framed(answered)), header));
    BOOST_TEST(capture.given.size() == 2);
    capture.messages.finish();
    BOOST_TEST(capture.given.size() == 3);
}

// Whoever sends a tunnel chooses the question in it and the response, but not what comes back.
BOOST_AUTO_TEST_CASE(a_question_and_its_response_pass_a_tunnel_in_opposite_directions) {
    const std::string question = ipv4(udp(1024, 53, asked));
    const std::string response = ipv4_back(udp(53, 1024, answered));
    const Ipv4 tunnel{.protocol = 4, .source = "c6336401", .destination = "c6336402"};
    const auto queries = [&](const std::string& first, const std::string& second,
                             CaptureOptions options = {}) {
        Capture capture(std::move(options));
        capture.add(first);
        capture.add(second);
        return capture.queries;
    };
    const std::vector seen{Query::seen};
    const std::vector not_seen{Query::not_seen};
    BOOST_TEST((queries(ipv4(question, tunnel), ipv4_back(response, tunnel)) == seen));
    BOOST_TEST((queries(ipv4(question, tunnel), ipv4(response, tunnel)) == not_seen));
    BOOST_TEST((queries(ipv4(question, tunnel), response) == not_seen));
    BOOST_TEST((queries(question, ipv4_back(response, tunnel)) == not_seen));
    // A mirror sends both from its own address.
    const CaptureOptions mirrored{.mirrors = {address_prefix_from_text("198.51.100.1").value()}};
    BOOST_TEST((queries(ipv4(question, tunnel), ipv4(response, tunnel), mirrored) == seen));
    BOOST_TEST(
        (queries(ipv4_back(question, tunnel), ipv4_back(response, tunnel), mirrored) == not_seen));
    const Ipv4 to_itself{.protocol = 4, .source = "c6336402", .destination = "c6336402"};
    BOOST_TEST((queries(ipv4(question, to_itself), ipv4(response, to_itself)) == not_seen));
    // A tunnel in a stranger's tunnel is none of the mirror.
    const Ipv4 strange{.protocol = 4, .source = "cb007101", .destination = "c6336402"};
    BOOST_TEST((queries(ipv4(ipv4(question, tunnel), strange),
                        ipv4(ipv4(response, tunnel), strange), mirrored) == not_seen));
}

BOOST_AUTO_TEST_CASE(gives_the_question_of_a_response_that_has_none) {
    Capture capture;
    const auto framed = [](const std::string& message) {
        return u16(static_cast<unsigned>(message.size())) + message;
    };
    const Ipv4 header{.protocol = 6};
    const std::string continued = u16(1) + u16(answer) + std::string(8, '\0');
    capture.add(ipv4(tcp(1024, 53, 99, syn, ""), header));
    capture.add(ipv4_back(tcp(53, 1024, 499, syn | ack, ""), header));
    capture.add(ipv4(tcp(1024, 53, 100, ack, framed(asked)), header));
    capture.add(ipv4_back(tcp(53, 1024, 500, ack, framed(answered) + framed(continued)), header));
    BOOST_TEST((capture.given == std::vector{answered, continued}));
    BOOST_TEST((capture.questions == std::vector{std::string(), asked.substr(12)}));
}

BOOST_AUTO_TEST_CASE(counts_what_is_passed_over) {
    Capture capture;
    capture.add("");
    capture.add(ipv4("", {.protocol = 1}));
    capture.add(ipv4(udp(53, 1024, answered)).substr(0, 40));
    const auto& passed = capture.messages.counts().skipped;
    BOOST_TEST(passed[static_cast<std::size_t>(SkipReason::malformed)] == 1);
    BOOST_TEST(passed[static_cast<std::size_t>(SkipReason::other_protocol)] == 1);
    BOOST_TEST(passed[static_cast<std::size_t>(SkipReason::cut)] == 1);
}

BOOST_AUTO_TEST_SUITE_END()
