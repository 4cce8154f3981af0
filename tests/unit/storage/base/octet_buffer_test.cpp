// A buffer takes what fits and nothing more.
#include "storage/base/octet_buffer.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(octet_buffer_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(appends_up_to_its_capacity) {
    OctetBuffer<4> buffer;
    BOOST_TEST(buffer.empty());
    BOOST_TEST(buffer.append(as_octets("abc")));
    BOOST_TEST(buffer.append(std::uint8_t{'d'}));
    BOOST_TEST(as_text(buffer.octets()) == "abcd");
}

BOOST_AUTO_TEST_CASE(adds_nothing_of_what_does_not_fit) {
    OctetBuffer<4> buffer(as_octets("abc"));
    BOOST_TEST(!buffer.append(as_octets("de")));
    BOOST_TEST(as_text(buffer.octets()) == "abc");
    BOOST_TEST(buffer.append(Octets{}));
    BOOST_TEST(buffer.append(std::uint8_t{'d'}));
    BOOST_TEST(!buffer.append(std::uint8_t{'e'}));
    BOOST_TEST(as_text(buffer.octets()) == "abcd");
}

// The member that counts the octets has 8, 16 or 32 bits.
BOOST_AUTO_TEST_CASE_TEMPLATE(can_be_full, Buffer,
                              decltype(std::tuple<OctetBuffer<255>, OctetBuffer<256>,
                                                  OctetBuffer<65535>, OctetBuffer<65536>>())) {
    Buffer buffer;
    while (buffer.append(std::uint8_t{1})) {
    }
    BOOST_TEST(buffer.size() == Buffer::capacity());
    buffer.set_end(buffer.data() + 2);
    BOOST_TEST(buffer.size() == 2U);
    buffer.clear();
    BOOST_TEST(buffer.empty());
}

BOOST_AUTO_TEST_SUITE_END()
