// Looking at eight octets at once finds what looking at each finds.
#include "storage/base/swar.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "tests/support/random_seed.hpp"

BOOST_AUTO_TEST_SUITE(swar_test)

using namespace dnshist;

namespace {

// Much of what is looked for, its neighbours, and the same with the top bit.
char random_octet(std::mt19937_64& random) {
    constexpr std::string_view octets("az\"!#\\[].-/ \x1f!\0\x7f\x80\xa0\xa2\xae\xdc\xff", 23);
    return octets[random() % octets.size()];
}

std::string random_text(std::mt19937_64& random) {
    std::string text;
    for (auto left = random() % 30; left > 0; --left)
        text += random() % 4 == 0 ? random_octet(random) : 'a';
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(finds_the_first_of_what_is_looked_for) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 20'000; ++round) {
        const std::string text = random_text(random);
        const auto expect = [&](std::size_t found, const auto& marks) {
            const char* const end = text.data() + text.size();
            const char* const at = find_marked(text.data(), end, marks);
            BOOST_TEST_REQUIRE(
                at - text.data() == static_cast<std::ptrdiff_t>(std::min(found, text.size())),
                "seed " << seed << ", in '" << text << "'");
        };
        expect(text.find_first_of("\"\\"),
               [](std::uint64_t word) { return (mark(word, '"') | mark(word, '\\')) & ~word; });
        const auto ascii_up_to = [](char limit) {
            return [limit](char c) { return c >= 0 && c <= limit; };
        };
        const auto blank = std::ranges::find_if(text, ascii_up_to(' '));
        expect(static_cast<std::size_t>(blank - text.begin()),
               [](std::uint64_t word) { return mark_up_to(word, ' ') & ~word; });
    }
}

BOOST_AUTO_TEST_CASE(marks_all_and_no_others) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 20'000; ++round) {
        const std::string text = random_text(random);
        std::uint64_t expected = 0;
        for (std::size_t i = 0; i < std::min<std::size_t>(text.size(), 8); ++i)
            expected |= std::uint64_t{text[i] == '.'} << (8 * i + 7);
        BOOST_TEST_REQUIRE(mark_all(load_word(text.data(), text.size()), '.') == expected,
                           "seed " << seed << ", in '" << text << "'");
    }
}

BOOST_AUTO_TEST_SUITE_END()
