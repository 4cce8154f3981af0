// Matching of responses to queries.
#include "zonegen/capture/query_matcher.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/packets.hpp"

BOOST_AUTO_TEST_SUITE(query_matcher_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

using Outcome = QueryMatcher::Outcome;

struct Fixture {
    QueryMatcher matcher;
    PacketTime now{0};
    Endpoints between{};

    Fixture() {
        between.source[15] = 1;
        between.destination[15] = 2;
        between.source_port = 1024;
        between.destination_port = 53;
    }
    void ask(const std::string& message, Transport transport = Transport::udp) {
        matcher.add_query(between, transport, as_octets(message), now);
    }
    Outcome response(const std::string& message, Transport transport = Transport::udp) {
        return matcher.match_response(between.reversed(), transport, as_octets(message), now)
            .outcome;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(matches_a_response_once, Fixture) {
    ask(dns(7, query));
    BOOST_TEST((response(dns(7, answer)) == Outcome::matched));
    BOOST_TEST((response(dns(7, answer)) == Outcome::no_query));
    // A query sent twice may have two responses.
    ask(dns(7, query));
    ask(dns(7, query));
    BOOST_TEST((response(dns(7, answer)) == Outcome::matched));
    BOOST_TEST((response(dns(7, answer)) == Outcome::matched));
    BOOST_TEST((response(dns(7, answer)) == Outcome::no_query));
}

BOOST_FIXTURE_TEST_CASE(compares_without_case, Fixture) {
    ask(dns(7, query, "eXAmple"));
    BOOST_TEST((response(dns(7, answer, "ExaMPLE")) == Outcome::matched));
}

BOOST_FIXTURE_TEST_CASE(wants_everything_to_agree, Fixture) {
    const Endpoints ends = between;
    ask(dns(7, query));
    BOOST_TEST((response(dns(8, answer)) == Outcome::no_query));
    BOOST_TEST((response(dns(7, answer), Transport::tcp) == Outcome::no_query));
    between.source[15] = 9;
    BOOST_TEST((response(dns(7, answer)) == Outcome::no_query));
    between = ends;
    between.source_port = 9;
    BOOST_TEST((response(dns(7, answer)) == Outcome::no_query));
    between = ends;
    between.destination[15] = 9;
    BOOST_TEST((response(dns(7, answer)) == Outcome::no_query));
    between = ends;
    between.tunnels = 9;
    BOOST_TEST((response(dns(7, answer)) == Outcome::no_query));
    between = ends;
    BOOST_TEST((response(dns(7, answer, "another")) == Outcome::wrong_question));
    std::string other_type = dns(7, answer);
    other_type[other_type.size() - 3] = 28;
    BOOST_TEST((response(other_type) == Outcome::wrong_question));
    // The genuine response still matches.
    BOOST_TEST((response(dns(7, answer)) == Outcome::matched));
}

// With either of them nobody would know what was asked.
BOOST_FIXTURE_TEST_CASE(wants_a_question_that_can_be_read_of_both, Fixture) {
    const std::string header_alone = u16(7) + u16(0x8181) + std::string(8, '\0');
    ask(dns(7, query));
    BOOST_TEST((response(header_alone) == Outcome::wrong_question));
    BOOST_TEST((response(dns(7, answer)) == Outcome::matched));
    const auto unreadable = [&](const std::string& message) {
        ask(message);
        BOOST_TEST((response(dns(7, answer)) == Outcome::no_query));
        ask(dns(7, query));
        BOOST_TEST((response(message) == Outcome::wrong_question));
        BOOST_TEST((response(dns(7, answer)) == Outcome::matched));
    };
    unreadable(header_alone);
    for (const std::size_t size : {13U, 19U, 20U, 22U, 24U})
        unreadable(dns(7, query, "example").substr(0, size));
    std::string pointer = dns(7, query);
    pointer[12] = '\xc0';
    unreadable(pointer);
    std::string two = dns(7, query);
    two[5] = 2;
    unreadable(two);
    // A name of 256 octets.
    std::string name;
    for (int i = 0; i < 5; ++i)
        name += u8(50) + std::string(50, 'a');
    unreadable(u16(7) + u16(query) + u16(1) + std::string(6, '\0') + name.substr(0, 255) + u8(0) +
               u32(0));
}

// RFC 5936, section 2.2.1.
BOOST_FIXTURE_TEST_CASE(over_tcp_a_response_may_go_on_without_a_question, Fixture) {
    const std::string header_alone = u16(7) + u16(0x8180) + std::string(8, '\0');
    const auto question = [&] {
        const auto match = matcher.match_response(between.reversed(), Transport::tcp,
                                                  as_octets(header_alone), now);
        return std::string(as_text(match.question));
    };
    BOOST_TEST((response(header_alone, Transport::tcp) == Outcome::no_query));
    ask(dns(7, query, "eXample"), Transport::tcp);
    BOOST_TEST((response(header_alone, Transport::tcp) == Outcome::matched));
    BOOST_TEST(question() == dns(7, query).substr(12));
    ask(dns(7, query, "another"), Transport::tcp);
    BOOST_TEST((response(header_alone, Transport::tcp) == Outcome::wrong_question));
}

BOOST_FIXTURE_TEST_CASE(knows_several_questions_with_an_id, Fixture) {
    for (const char* name : {"a", "b", "c", "d", "e"})
        ask(dns(7, query, name));
    BOOST_TEST((response(dns(7, answer, "a")) == Outcome::wrong_question));  // one too many
    BOOST_TEST((response(dns(7, answer, "c")) == Outcome::matched));
    BOOST_TEST((response(dns(7, answer, "c")) == Outcome::wrong_question));
    BOOST_TEST((response(dns(7, answer, "b")) == Outcome::matched));
}

BOOST_FIXTURE_TEST_CASE(takes_many_responses_over_tcp, Fixture) {
    ask(dns(7, query), Transport::tcp);
    for (int i = 0; i < 5; ++i) {
        now += QueryMatcher::timeout;
        BOOST_TEST((response(dns(7, answer), Transport::tcp) == Outcome::matched));
    }
}

BOOST_FIXTURE_TEST_CASE(forgets, Fixture) {
    ask(dns(7, query));
    now += QueryMatcher::timeout;
    ask(dns(8, query));
    now += PacketTime{1};
    BOOST_TEST((response(dns(7, answer)) == Outcome::no_query));
    BOOST_TEST((response(dns(8, answer)) == Outcome::matched));
    ask(dns(9, query));
    for (std::size_t i = 0; i < QueryMatcher::max_pending; ++i) {
        between.tunnels = i + 1;
        ask(dns(7, query));
    }
    BOOST_TEST((response(dns(7, answer)) == Outcome::matched));
    between.tunnels = 1;
    BOOST_TEST((response(dns(7, answer)) == Outcome::matched));
    between.tunnels = 0;
    BOOST_TEST((response(dns(9, answer)) == Outcome::no_query));
}

BOOST_AUTO_TEST_SUITE_END()
