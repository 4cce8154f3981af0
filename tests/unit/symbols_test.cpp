// Packing by symbols: what comes out is what went in, and damage is met without harm.
#include "storage/symbols.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "tests/unit/random_seed.hpp"

using namespace dnshist;

namespace {

std::vector<std::uint8_t> pack(std::string_view text) {
    std::vector<std::uint8_t> packed;
    pack_symbols(as_octets(text), packed);
    return packed;
}

std::optional<std::string> unpack(Octets packed, std::size_t room = 4096) {
    // On the heap and no larger than said, so that a sanitizer sees a write past the end.
    const std::vector<std::uint8_t> in(packed.begin(), packed.end());
    std::vector<std::uint8_t> out(room);
    const auto size = unpack_symbols(in, out.data(), out.size());
    if (!size) return std::nullopt;
    BOOST_TEST_REQUIRE(*size <= room);
    return std::string(as_text(Octets(out).first(*size)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_packs_to_nothing) {
    BOOST_TEST(pack("").empty());
    BOOST_TEST(unpack({}).value() == "");
}

BOOST_AUTO_TEST_CASE(every_octet_and_every_pair_comes_back) {
    for (int a = 0; a < 256; ++a) {
        for (int b = 0; b < 256; ++b) {
            const std::string pair = {static_cast<char>(a), static_cast<char>(b)};
            BOOST_TEST_REQUIRE((unpack(pack(pair)) == pair));
        }
    }
}

BOOST_AUTO_TEST_CASE(whatever_goes_in_comes_out) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        for (auto left = random() % 40; left > 0; --left) {
            switch (random() % 4) {
                case 0:
                    text += static_cast<char>(random() % 256);
                    break;
                case 1:
                    text += "\3com";
                    break;
                case 2:
                    text += std::string("\0\0\1", 3);
                    break;
                default:
                    text += static_cast<char>('a' + random() % 26);
            }
        }
        if (i % 100 == 0) text.append(700, '\xfe');
        BOOST_TEST_REQUIRE((unpack(pack(text)) == text), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(names_become_shorter) {
    const std::string_view name = "\3com\7example\4mail";
    BOOST_TEST(pack(name).size() * 3 < name.size() * 2);
    const std::string_view text = "v=spf1 include:_spf.example.com -all";
    BOOST_TEST(pack(text).size() * 2 < text.size());
}

BOOST_AUTO_TEST_CASE(literals_cost_two_octets_a_run) {
    BOOST_TEST(pack("\xf0\xf1\xf2\xf3").size() == 6U);
}

BOOST_AUTO_TEST_CASE(damaged_octets_are_unpacked_within_bounds) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int i = 0; i < 50000; ++i) {
        std::vector<std::uint8_t> packed(random() % 60);
        for (std::uint8_t& octet : packed) {
            octet = static_cast<std::uint8_t>(random() % 8 == 0 ? 255 : random() % 256);
        }
        static_cast<void>(unpack(packed, random() % 80));
    }
    BOOST_TEST(!unpack(std::vector<std::uint8_t>{255}));
    BOOST_TEST(!unpack(std::vector<std::uint8_t>{255, 2, 'a'}));
}
