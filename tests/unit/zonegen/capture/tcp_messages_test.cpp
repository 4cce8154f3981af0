// Messages from one direction of a connection: in any segmentation, and after a gap.
#include "zonegen/capture/tcp_messages.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/packets.hpp"

BOOST_AUTO_TEST_SUITE(tcp_messages_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

constexpr TcpMessages::Expected responses{false, true};

struct Fixture {
    TcpMessages messages;
    std::vector<std::string> given;
    std::vector<int> times;
    int now = 0;

    bool add(const std::string& segment, TcpMessages::Expected expected = responses) {
        return messages.add(as_octets(segment), PacketTime{++now}, expected,
                            [this](Octets message, PacketTime time) {
                                given.emplace_back(as_text(message));
                                times.push_back(static_cast<int>(time.count()));
                            });
    }
};

std::string framed(const std::string& message) {
    return u16(static_cast<unsigned>(message.size())) + message;
}

const std::string one = dns(1, answer, "one");
const std::string two = dns(2, answer, "three");

}  // namespace

BOOST_FIXTURE_TEST_CASE(cuts_messages_wherever_segments_end, Fixture) {
    const std::string stream = framed(one) + framed(two) + framed(one);
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        given.clear();
        messages.start();
        for (std::size_t at = 0; at < stream.size(); at += size)
            BOOST_TEST(add(stream.substr(at, size)));
        BOOST_TEST((given == std::vector{one, two, one}));
        BOOST_TEST(messages.octets() == 0);
    }
}

BOOST_FIXTURE_TEST_CASE(gives_the_time_of_the_last_segment_of_a_message, Fixture) {
    messages.start();
    add(framed(one) + framed(two).substr(0, 5));
    add(framed(two).substr(5));
    BOOST_TEST((times == std::vector{1, 2}));
}

BOOST_FIXTURE_TEST_CASE(finds_messages_after_a_gap, Fixture) {
    messages.start();
    BOOST_TEST(add(framed(one).substr(0, 9)));
    messages.gap();
    BOOST_TEST(!add(framed(one).substr(20) + framed(two)));  // the message boundary is unknown
    BOOST_TEST(add(framed(two) + framed(one)));
    BOOST_TEST((given == std::vector{two, one}));
}

BOOST_FIXTURE_TEST_CASE(finds_a_length_that_has_a_segment_of_its_own, Fixture) {
    BOOST_TEST(!add(std::string(100, '\xee')));
    BOOST_TEST(add(framed(one).substr(0, 2)));
    BOOST_TEST(given.empty());
    BOOST_TEST(add(one));
    // After a part of other data too.
    messages.gap();
    BOOST_TEST(add("\xee"));
    BOOST_TEST(!add(framed(two)));
    BOOST_TEST((given == std::vector{one, two}));
}

BOOST_FIXTURE_TEST_CASE(takes_only_what_may_travel_in_this_direction, Fixture) {
    BOOST_TEST(!add(framed(dns(1, query))));
    BOOST_TEST(add(framed(dns(1, query)), {true, false}));
    BOOST_TEST(given.size() == 1);
}

BOOST_FIXTURE_TEST_CASE(does_not_take_everything_for_a_message, Fixture) {
    for (const char* header : {
             "000b 0001 8180 0001 0000 0000 0000",  // too short for a header
             "0020 0001 8180 0001 0002 0000 0000",  // for its records
             "0020 0001 8180 0002 0000 0000 0000",  // two questions
             "0020 0001 f980 0001 0000 0000 0000",  // an unknown opcode
         }) {
        std::string digits(header);
        std::erase(digits, ' ');
        BOOST_TEST_CONTEXT(header) {
            messages.gap();
            BOOST_TEST(!add(octets_from(digits) + std::string(40, '\0')));
            BOOST_TEST(messages.octets() == 0);
        }
    }
    BOOST_TEST(given.empty());
}

BOOST_FIXTURE_TEST_CASE(begins_anew_where_a_length_is_wrong, Fixture) {
    messages.start();
    BOOST_TEST(!add(framed(one) + u16(3) + "abc"));
    BOOST_TEST(messages.octets() == 0);
    BOOST_TEST(add(framed(two)));
    BOOST_TEST((given == std::vector{one, two}));
}

BOOST_AUTO_TEST_SUITE_END()
