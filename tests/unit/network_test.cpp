#include "storage/network.hpp"

#include <boost/test/unit_test.hpp>

#include "storage/address.hpp"

using namespace dnshist;

namespace {

bool contains(std::string_view network, std::string_view address) {
    const auto read = network_from_text(network);
    BOOST_REQUIRE(read);
    if (const auto ipv4 = ipv4_from_text(address)) return read->contains(*ipv4);
    return read->contains(ipv6_from_text(address).value());
}

BOOST_AUTO_TEST_CASE(an_address_is_within_or_not) {
    BOOST_TEST(contains("192.0.2.1", "192.0.2.1"));
    BOOST_TEST(!contains("192.0.2.1", "192.0.2.2"));
    BOOST_TEST(contains("192.0.2.128/25", "192.0.2.255"));
    BOOST_TEST(!contains("192.0.2.128/25", "192.0.2.127"));
    BOOST_TEST(contains("192.0.2.0/31", "192.0.2.1"));
    BOOST_TEST(!contains("192.0.2.0/31", "192.0.2.2"));
    BOOST_TEST(contains("2001:db8::/32", "2001:db8:ffff::1"));
    BOOST_TEST(!contains("2001:db8::/32", "2001:db9::1"));
    BOOST_TEST(contains("2001:db8:8000::/33", "2001:db8:8000::1"));
    BOOST_TEST(!contains("2001:db8:8000::/33", "2001:db8::1"));
}

BOOST_AUTO_TEST_CASE(all_of_one_family_is_nothing_of_the_other) {
    BOOST_TEST(contains("0.0.0.0/0", "255.255.255.255"));
    BOOST_TEST(!contains("0.0.0.0/0", "::1"));
    BOOST_TEST(contains("::/0", "2001:db8::1"));
    BOOST_TEST(!contains("::/0", "192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(what_is_no_network) {
    for (const char* wrong :
         {"", "/", "/8", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/+8",
          "192.0.2.0/024", "192.0.2.0/24 ", "192.0.2.0/24/24", "192.0.2.1/24", "192.0.2/24",
          "2001:db8::/129", "2001:db8::1/64", "::/256", "example.com", "192.0.2.0/0x8"}) {
        BOOST_TEST(!network_from_text(wrong), wrong);
    }
}

}  // namespace
