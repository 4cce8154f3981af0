// From packets to responses: which are extracted, and the counts of the others.
#include "zonegen/capture/response_extractor.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/packets.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

using Query = CapturedResponse::Query;

struct Capture {
    std::vector<std::string> given;
    std::vector<Query> queries;
    std::vector<std::uint32_t> times;
    ResponseExtractor messages;
    PacketTime now{5'900'000};

    explicit Capture(CaptureOptions options = {})
        : messages(std::move(options), [this](const CapturedResponse& response) {
              given.emplace_back(as_text(response.message));
              queries.push_back(response.query);
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

BOOST_AUTO_TEST_CASE(leaves_out_responses_without_a_question_if_told_to) {
    Capture capture({.without_query = false});
    capture.add(ipv4_back(udp(53, 1024, answered)));
    BOOST_TEST(capture.given.empty());
    capture.add(ipv4(udp(1024, 53, asked)));
    capture.add(ipv4_back(udp(53, 1024, answered)));
    BOOST_TEST(capture.given.size() == 1);
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

BOOST_AUTO_TEST_CASE(takes_multicast_dns_as_it_comes) {
    Capture capture;
    capture.add(ipv4(udp(5353, 5353, asked)));
    capture.add(ipv4(udp(5353, 5353, answered)));
    capture.add(ipv4(udp(1024, 5353, answered)));
    capture.add(ipv4(udp(5353, 5353, "short")));
    BOOST_TEST((capture.queries == std::vector{Query::multicast}));
    BOOST_TEST(capture.messages.counts().multicast == 1);
    BOOST_TEST(capture.messages.counts().other_ports == 1);
    BOOST_TEST(capture.messages.counts().too_short == 1);
}

BOOST_AUTO_TEST_CASE(looks_at_the_ports_named_alone) {
    Capture capture({.ports = {5300}, .multicast_ports = {}});
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
