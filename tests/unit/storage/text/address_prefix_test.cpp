#include "storage/text/address_prefix.hpp"

#include <boost/test/unit_test.hpp>

namespace dnshist {

BOOST_AUTO_TEST_SUITE(address_prefix_test)

BOOST_AUTO_TEST_CASE(prefixes_of_both_families) {
    const auto ipv4 = address_prefix_from_text("192.0.2.0/24").value();
    BOOST_TEST((ipv4.address == ipv6_from_text("::ffff:192.0.2.0").value()));
    BOOST_TEST(ipv4.length == 120);
    const auto ipv6 = address_prefix_from_text("2001:DB8::/32").value();
    BOOST_TEST((ipv6.address == ipv6_from_text("2001:db8::").value()));
    BOOST_TEST(ipv6.length == 32);
    BOOST_TEST(address_prefix_from_text("0.0.0.0/0").value().length == 96);
    BOOST_TEST(address_prefix_from_text("::/0").value().length == 0);
    // Both ways to write what is IPv4.
    BOOST_TEST((address_prefix_from_text("::ffff:192.0.2.0/120").value() == ipv4));
}

BOOST_AUTO_TEST_CASE(an_address_alone_is_itself) {
    BOOST_TEST((address_prefix_from_text("192.0.2.7") == address_prefix_from_text("192.0.2.7/32")));
    BOOST_TEST(address_prefix_from_text("2001:db8::1").value().length == 128);
}

BOOST_AUTO_TEST_CASE(what_is_no_prefix) {
    for (const char* wrong : {"",
                              "/",
                              "/24",
                              "192.0.2.0/",
                              "192.0.2.0/33",
                              "192.0.2.0/024",
                              "192.0.2.0/-1",
                              "192.0.2.0/+8",
                              "192.0.2.0/8 ",
                              " 192.0.2.0/24",
                              "192.0.2/24",
                              "192.0.2.0/24/24",
                              "192.0.2.0/255.255.255.0",
                              "2001:db8::/129",
                              "2001:db8::/4294967328",
                              "fe80::1%eth0",
                              "localhost",
                              "192.0.2.1/24",
                              "2001:db8::1/64",
                              "0.0.0.1/0"}) {
        BOOST_TEST(!address_prefix_from_text(wrong), wrong);
    }
    // Bits behind the length, at the borders of octets and within.
    BOOST_TEST(address_prefix_from_text("192.0.2.128/25").has_value());
    BOOST_TEST(!address_prefix_from_text("192.0.2.128/24"));
    BOOST_TEST(address_prefix_from_text("8000::/1").has_value());
    BOOST_TEST(!address_prefix_from_text("c000::/1"));
}

BOOST_AUTO_TEST_CASE(a_network_contains_its_addresses) {
    const auto is_in = [](std::string_view address, std::string_view network) {
        return contains(address_prefix_from_text(network).value(),
                        address_prefix_from_text(address).value().address);
    };
    BOOST_TEST(is_in("192.0.2.1", "192.0.2.1"));
    BOOST_TEST(is_in("192.0.2.127", "192.0.2.0/25"));
    BOOST_TEST(!is_in("192.0.2.128", "192.0.2.0/25"));
    BOOST_TEST(is_in("192.0.2.1", "0.0.0.0/0"));
    BOOST_TEST(is_in("2001:db8::1", "2001:db8::/32"));
    BOOST_TEST(!is_in("2001:db9::1", "2001:db8::/32"));
    // No address of one family is in a network of the other.
    BOOST_TEST(!is_in("192.0.2.1", "::/0"));
    BOOST_TEST(!is_in("::1", "0.0.0.0/0"));
    BOOST_TEST(is_in("::1", "::/0"));
}

BOOST_AUTO_TEST_CASE(the_network_is_the_nearest) {
    BOOST_TEST(nearest_address_prefix("192.0.2.1/24") == "192.0.2.0/24");
    BOOST_TEST(nearest_address_prefix("10.255.255.255/9") == "10.128.0.0/9");
    BOOST_TEST(nearest_address_prefix("2001:db8::1/64") == "2001:db8::/64");
    BOOST_TEST(nearest_address_prefix("::ffff:192.0.2.1/120") == "::ffff:192.0.2.0/120");
    BOOST_TEST(nearest_address_prefix("192.0.2.1/33").empty());
    BOOST_TEST(nearest_address_prefix("everyone").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist
