// DNS cookies: the examples of RFC 9018, appendix A, and what is none.
#include "responder/policy/cookies.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "conf/cookie_secret.hpp"
#include "storage/record/rdata.hpp"
#include "storage/text/address.hpp"
#include "storage/text/base_encoding.hpp"

BOOST_AUTO_TEST_SUITE(cookies_test)

using namespace dnshist;
using namespace dnshist::responder;

namespace {

std::vector<std::uint8_t> octets(std::string_view digits) {
    Rdata rdata;
    BOOST_REQUIRE(read_hex(digits, rdata));
    return {rdata.octets().begin(), rdata.octets().end()};
}

std::string hex(Octets octets) {
    std::array<char, 100> room;
    TextWriter out(room);
    write_hex(out, octets);
    std::string text(out.text());
    for (char& c : text)
        c = static_cast<char>(to_lower(static_cast<std::uint8_t>(c)));
    return text;
}

Client client_at(std::string_view address) {
    Client client;
    if (const auto v4 = ipv4_from_text(address)) {
        std::ranges::copy(*v4, client.address.begin() + 12);
    } else {
        client.address = ipv6_from_text(address).value();
    }
    return client;
}

Cookies with(std::initializer_list<const char*> secrets) {
    std::vector<CookieSecret> all;
    for (const char* secret : secrets)
        all.push_back(conf::cookie_secret_from_text(secret).value());
    return Cookies(all);
}

const Cookies one = with({"e5e973e5a6b2a43f48e7dc849e37bfcf"});

BOOST_AUTO_TEST_CASE(a_client_learns_a_cookie) {
    const auto cookie =
        one.answer(octets("2464c4abcf10c957"), client_at("198.51.100.100"), Seconds{1559731985});
    BOOST_TEST(hex(cookie) == "2464c4abcf10c957010000005cf79f111f8130c3eee29480");
}

BOOST_AUTO_TEST_CASE(and_a_fresh_one_after_forty_minutes) {
    const auto shown = octets("2464c4abcf10c957010000005cf79f111f8130c3eee29480");
    const Client client = client_at("198.51.100.100");
    BOOST_TEST(one.are_ours(shown, client, Seconds{1559734385}));
    BOOST_TEST(hex(one.answer(shown, client, Seconds{1559734385})) ==
               "2464c4abcf10c957010000005cf7a871d4a564a1442aca77");
    // Before that it keeps the one that it has.
    BOOST_TEST(hex(one.answer(shown, client, Seconds{1559731985 + 1800})) == hex(shown));
}

BOOST_AUTO_TEST_CASE(what_another_server_reserved_is_part_of_the_cookie) {
    const auto shown = octets("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5");
    const Client client = client_at("203.0.113.203");
    BOOST_TEST(one.are_ours(shown, client, Seconds{1559727985 + 3000}));
    BOOST_TEST(hex(one.answer(shown, client, Seconds{1559734700})) ==
               "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e");
}

BOOST_AUTO_TEST_CASE(a_secret_is_rolled_over) {
    const auto shown = octets("22681ab97d52c298010000005cf7c57926556bd0934c72f8");
    const Client client = client_at("2001:db8:220:1:59de:d0f4:8769:82b8");
    const Cookies both =
        with({"445536bcd2513298075a5d379663c962", "dd3bdf9344b678b185a6f5cb60fca715"});
    BOOST_TEST(both.are_ours(shown, client, Seconds{1559741961}));
    // It is fresh, and stays; only the new secret makes another.
    BOOST_TEST(hex(both.answer(shown, client, Seconds{1559741961})) == hex(shown));
    BOOST_TEST(hex(both.answer(octets("22681ab97d52c298"), client, Seconds{1559741961})) ==
               "22681ab97d52c298010000005cf7c609a6bb79d16625507a");
    BOOST_TEST(!one.are_ours(shown, client, Seconds{1559741961}));
}

BOOST_AUTO_TEST_CASE(a_cookie_is_good_for_an_hour_and_one_client) {
    const Client client = client_at("192.0.2.1");
    const Seconds made{1'700'000'000};
    const Cookie cookie = one.answer(octets("0011223344556677"), client, made);
    const auto good_at = [&](std::int64_t seconds) {
        return one.are_ours(cookie, client,
                            Seconds{static_cast<std::uint32_t>(made.since_epoch + seconds)});
    };
    BOOST_TEST(good_at(0));
    BOOST_TEST(good_at(3600));
    BOOST_TEST(!good_at(3601));
    BOOST_TEST(good_at(-300));
    BOOST_TEST(!good_at(-301));
    BOOST_TEST(!one.are_ours(cookie, client_at("192.0.2.2"), made));
    for (std::size_t i = 0; i < cookie.size(); ++i) {
        Cookie other = cookie;
        other[i] ^= 1;
        BOOST_TEST(!one.are_ours(other, client, made));
    }
    BOOST_TEST(!one.are_ours(Octets(cookie).first(8), client, made));
    BOOST_TEST(!one.are_ours(Octets(cookie).first(23), client, made));
    std::vector<std::uint8_t> longer(cookie.begin(), cookie.end());
    longer.push_back(0);
    BOOST_TEST(!one.are_ours(longer, client, made));
}

BOOST_AUTO_TEST_CASE(secrets_are_of_sixteen_octets) {
    for (const char* text :
         {"", "00", "e5e973e5a6b2a43f48e7dc849e37bfc", "g5e973e5a6b2a43f48e7dc849e37bfcf",
          "e5e973e5a6b2a43f48e7dc849e37bfcf00"}) {
        BOOST_TEST(!conf::cookie_secret_from_text(text).has_value());
    }
    BOOST_TEST((random_siphash_key() != random_siphash_key()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
