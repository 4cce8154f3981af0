// The C library's functions are the oracle: they read and write what we do, but for one form.
#include "storage/text/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

BOOST_AUTO_TEST_SUITE(address_test)

using namespace dnshist;

namespace {

std::string written(const Ipv6Address& address) {
    std::array<char, 64> room;
    TextWriter out(room);
    write_ipv6(out, address);
    return std::string(out.text());
}

std::string written(const Ipv4Address& address) {
    std::array<char, 64> room;
    TextWriter out(room);
    write_ipv4(out, address);
    return std::string(out.text());
}

template <class Address>
std::optional<Address> read_by_libc(int family, const std::string& text) {
    Address address;
    if (inet_pton(family, text.c_str(), address.data()) != 1) return std::nullopt;
    return address;
}

// A text that is nearly an address.
std::string damaged(std::string text, std::mt19937& random, std::string_view characters) {
    for (std::size_t edits = random() % 3; edits > 0; --edits) {
        const std::size_t at = random() % (text.size() + 1);
        const char c = characters[random() % characters.size()];
        switch (random() % 3) {
            case 0:
                text.insert(at, 1, c);
                break;
            case 1:
                text.erase(std::min(at, text.size()), 1);
                break;
            default:
                if (at < text.size()) text[at] = c;
        }
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(ipv4_is_read_and_written_as_libc_does) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937 random(seed);
        for (int round = 0; round < 50000; ++round) {
            Ipv4Address address;
            std::ranges::generate(
                address, [&] { return static_cast<std::uint8_t>(random() >> (random() % 8)); });
            BOOST_REQUIRE(ipv4_from_text(written(address)) == address);
            const std::string text = damaged(written(address), random, "0123456789. x");
            BOOST_REQUIRE_MESSAGE(ipv4_from_text(text) == read_by_libc<Ipv4Address>(AF_INET, text),
                                  text);
        }
    }
}

BOOST_AUTO_TEST_CASE(ipv6_is_read_and_written_as_libc_does) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937 random(seed);
        for (int round = 0; round < 50000; ++round) {
            Ipv6Address address{};
            for (std::size_t i = 0; i < address.size(); i += 2) {
                if (random() % 2 == 0) continue;
                address[i] = static_cast<std::uint8_t>(random() % 3 == 0 ? random() : 0);
                address[i + 1] = static_cast<std::uint8_t>(random() >> (random() % 8));
            }
            std::array<char, INET6_ADDRSTRLEN> room;
            const std::string by_libc =
                inet_ntop(AF_INET6, address.data(), room.data(), room.size());
            BOOST_REQUIRE(ipv6_from_text(by_libc) == address);
            // ::192.0.2.1, long deprecated, which we write in hexadecimal.
            const bool compatible = by_libc.starts_with("::") &&
                                    by_libc.find('.') != by_libc.npos &&
                                    !by_libc.starts_with("::ffff:");
            if (!compatible) BOOST_REQUIRE_EQUAL(written(address), by_libc);
            BOOST_REQUIRE(ipv6_from_text(written(address)) == address);
            const std::string text = damaged(by_libc, random, "0123456789abCDef::::.. g");
            BOOST_REQUIRE_MESSAGE(ipv6_from_text(text) == read_by_libc<Ipv6Address>(AF_INET6, text),
                                  text);
        }
    }
}

BOOST_AUTO_TEST_CASE(mapped_and_short_forms) {
    BOOST_TEST(written(*ipv6_from_text("::ffff:192.0.2.1")) == "::ffff:192.0.2.1");
    BOOST_TEST(written(*ipv6_from_text("::192.0.2.1")) == "::c000:201");
    BOOST_TEST(written(*ipv6_from_text("1:0:0:2:0:0:0:3")) == "1:0:0:2::3");
    BOOST_TEST(written(*ipv6_from_text("2001:db8:0:1:1:1:1:1")) == "2001:db8:0:1:1:1:1:1");
    BOOST_TEST(written(*ipv6_from_text("7::7:4.213.0.0")) == "7::7:4d5:0");
    BOOST_TEST(!ipv6_from_text(""));
    BOOST_TEST(!ipv4_from_text(""));
}

BOOST_AUTO_TEST_SUITE_END()
