#include "responder/policy/address_set.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string_view>

#include "tests/support/random_seed.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(address_set_test)

namespace {

AddressSet set_of(std::initializer_list<std::string_view> texts) {
    std::vector<AddressPrefix> prefixes;
    for (const std::string_view text : texts)
        prefixes.push_back(address_prefix_from_text(text).value());
    return AddressSet(prefixes);
}

bool has(const AddressSet& set, std::string_view address) {
    return set.has(address_prefix_from_text(address).value().address);
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_in_the_empty_set) {
    BOOST_TEST(AddressSet().empty());
    BOOST_TEST(!has(AddressSet(), "192.0.2.1"));
    BOOST_TEST(!has(set_of({}), "::"));
}

BOOST_AUTO_TEST_CASE(a_prefix_ends_where_it_ends) {
    const AddressSet set = set_of({"192.0.2.64/26", "2001:db8:0:40::/58"});
    BOOST_TEST(!has(set, "192.0.2.63"));
    BOOST_TEST(has(set, "192.0.2.64"));
    BOOST_TEST(has(set, "192.0.2.127"));
    BOOST_TEST(!has(set, "192.0.2.128"));
    BOOST_TEST(!has(set, "2001:db8:0:3f:ffff:ffff:ffff:ffff"));
    BOOST_TEST(has(set, "2001:db8:0:40::"));
    BOOST_TEST(has(set, "2001:db8:0:7f:ffff:ffff:ffff:ffff"));
    BOOST_TEST(!has(set, "2001:db8:0:80::"));
}

BOOST_AUTO_TEST_CASE(an_address_alone_is_one_address) {
    const AddressSet set = set_of({"0.0.0.0", "255.255.255.255", "::", "2001:db8::1",
                                   "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"});
    for (const char* in : {"0.0.0.0", "255.255.255.255", "::", "2001:db8::1",
                           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
        BOOST_TEST(has(set, in), in);
    }
    for (const char* out : {"0.0.0.1", "255.255.255.254", "::1", "2001:db8::", "2001:db8::2",
                            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"}) {
        BOOST_TEST(!has(set, out), out);
    }
}

BOOST_AUTO_TEST_CASE(ipv4_is_the_same_mapped_or_not) {
    const AddressSet set = set_of({"192.0.2.0/24"});
    BOOST_TEST(has(set, "::ffff:192.0.2.1"));
    BOOST_TEST(!has(set, "::192.0.2.1"));
    BOOST_TEST(has(set_of({"::ffff:192.0.2.0/120"}), "192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(a_prefix_of_ipv6_has_no_ipv4_in_it) {
    const AddressSet ipv6 = set_of({"::/0"});
    BOOST_TEST(!has(ipv6, "0.0.0.0"));
    BOOST_TEST(!has(ipv6, "192.0.2.1"));
    BOOST_TEST(!has(ipv6, "255.255.255.255"));
    for (const char* in : {"::", "::1", "2001:db8::1", "::fffe:ffff:ffff", "::1:0:0:0",
                           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
        BOOST_TEST(has(ipv6, in), in);
    }
    const AddressSet near = set_of({"::fffe:0:0/95"});
    BOOST_TEST(has(near, "::fffe:ffff:ffff"));
    BOOST_TEST(!has(near, "0.0.0.0"));

    const AddressSet ipv4 = set_of({"0.0.0.0/0"});
    BOOST_TEST(has(ipv4, "0.0.0.0"));
    BOOST_TEST(has(ipv4, "255.255.255.255"));
    BOOST_TEST(!has(ipv4, "::1"));
    BOOST_TEST(!has(ipv4, "::1:0:0:0"));

    const AddressSet all = set_of({"::/0", "0.0.0.0/0"});
    BOOST_TEST(has(all, "192.0.2.1"));
    BOOST_TEST(has(all, "2001:db8::1"));
}

BOOST_AUTO_TEST_CASE(prefixes_may_lie_in_one_another) {
    const AddressSet set = set_of({"10.1.2.3", "10.0.0.0/8", "10.0.0.0/8", "10.1.0.0/16",
                                   "11.0.0.0/8", "13.0.0.0/8", "2001:db8::/32", "2001:db8:1::/48"});
    BOOST_TEST(!has(set, "9.255.255.255"));
    BOOST_TEST(has(set, "10.0.0.0"));
    BOOST_TEST(has(set, "10.255.255.255"));
    BOOST_TEST(has(set, "11.255.255.255"));
    BOOST_TEST(!has(set, "12.0.0.0"));
    BOOST_TEST(has(set, "13.0.0.0"));
    BOOST_TEST(has(set, "2001:db8:2::"));
    BOOST_TEST(!has(set, "2001:db9::"));
}

// Against a look at each prefix.
BOOST_AUTO_TEST_CASE(random_prefixes) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 200; ++round) {
        std::vector<AddressPrefix> prefixes;
        const auto any_address = [&] {
            // Few different bits, so that prefixes meet.
            Ipv6Address address{};
            if (random() % 2 == 0) address[10] = address[11] = 0xff;
            for (const std::size_t at : {0U, 10U, 12U, 15U})
                if (random() % 2 == 0)
                    address[at] ^= static_cast<std::uint8_t>(random() % 4 * 0x41);
            return address;
        };
        const auto bit = [](const Ipv6Address& address, unsigned at) {
            return unsigned{address[at / 8]} >> (7 - at % 8) & 1U;
        };
        for (std::size_t count = random() % 12; count > 0; --count) {
            AddressPrefix prefix{any_address(), static_cast<std::uint8_t>(random() % 129)};
            for (unsigned at = prefix.length; at < 128; ++at)
                prefix.address[at / 8] &= static_cast<std::uint8_t>(~(0x80U >> at % 8));
            prefixes.push_back(prefix);
        }
        const AddressSet set{prefixes};
        for (int asked = 0; asked < 100; ++asked) {
            const Ipv6Address address = any_address();
            const AddressPrefix mapped = address_prefix_from_text("0.0.0.0/0").value();
            const auto within = [&](const AddressPrefix& prefix) {
                for (unsigned at = 0; at < prefix.length; ++at)
                    if (bit(address, at) != bit(prefix.address, at)) return false;
                return true;
            };
            bool expected = false;
            for (const AddressPrefix& prefix : prefixes)
                expected |= within(prefix) && (prefix.length >= 96 || !within(mapped));
            BOOST_REQUIRE_MESSAGE(set.has(address) == expected, "DNSHIST_SEED=" << seed);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
