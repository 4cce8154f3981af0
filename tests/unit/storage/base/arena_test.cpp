// Octets in an arena stay where they are; its slabs are used again.
#include "storage/base/arena.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(arena_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(octets_stay_as_they_were_kept) {
    Arena arena(64);
    std::vector<std::string> texts;
    std::vector<Octets> kept;
    for (std::size_t size = 0; size < 200; ++size) {
        texts.emplace_back(size, static_cast<char>('a' + size % 26));
        kept.push_back(arena.keep(as_octets(texts.back())));
    }
    for (std::size_t i = 0; i < kept.size(); ++i)
        BOOST_TEST(as_text(kept[i]) == texts[i]);
}

BOOST_AUTO_TEST_CASE(octets_given_back_are_taken_again) {
    Arena arena(64);
    std::uint8_t* const first = arena.take(60);
    arena.give_back(50);
    BOOST_TEST(arena.take(54) == first + 10);
    BOOST_TEST(arena.octets() == 64U);
}

BOOST_AUTO_TEST_CASE(slabs_are_used_again_after_clear) {
    Arena arena(64);
    std::uint8_t* const small = arena.take(64);
    std::uint8_t* const large = arena.take(100);
    BOOST_TEST(arena.octets() == 164U);
    arena.clear();
    BOOST_TEST(arena.octets() == 0U);
    BOOST_TEST(arena.take(1) == small);
    BOOST_TEST(arena.take(99) == large);
    BOOST_TEST(arena.octets() == 164U);
}

BOOST_AUTO_TEST_SUITE_END()
