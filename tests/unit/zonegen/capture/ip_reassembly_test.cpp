// Datagrams from fragments in any order; bounds; overlaps are refused.
#include "zonegen/capture/ip_reassembly.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "tests/support/random_seed.hpp"

BOOST_AUTO_TEST_SUITE(ip_reassembly_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

using State = IpReassembly::State;

struct Fixture {
    IpReassembly fragments;
    PacketTime now{1'000'000};

    static FragmentKey key(std::uint32_t identification) {
        FragmentKey key{};
        key.identification = identification;
        return key;
    }
    IpReassembly::Added add(std::uint32_t id, std::size_t offset, bool more,
                            const std::string& part, std::uint8_t protocol = 17) {
        return fragments.add(key(id), {id, offset, more}, protocol, as_octets(part), now);
    }
};

std::string eights(std::size_t count, char c) {
    return std::string(count * 8, c);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(joins_fragments_in_any_order, Fixture) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_CONTEXT("DNSHIST_SEED=" << seed) {
        std::mt19937_64 random(seed);
        for (std::uint32_t id = 0; id < 50; ++id) {
            std::string whole(1 + random() % 2000, '\0');
            std::generate(whole.begin(), whole.end(),
                          [&] { return static_cast<char>(random() & 0xffU); });
            std::vector<std::size_t> order((whole.size() + 63) / 64);
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::shuffle(order.begin(), order.end(), random);
            for (std::size_t i = 0; i < order.size(); ++i) {
                const std::size_t offset = order[i] * 64;
                const bool more = offset + 64 < whole.size();
                const auto added = add(id, offset, more, whole.substr(offset, 64),
                                       offset == 0 ? std::uint8_t{17} : std::uint8_t{60});
                BOOST_TEST(
                    (added.state == (i + 1 == order.size() ? State::complete : State::incomplete)));
                if (added.state != State::complete) continue;
                BOOST_TEST((as_text(added.payload) == whole));
                BOOST_TEST(added.protocol == 17);  // that of the first fragment
            }
            BOOST_TEST(fragments.octets() == 0);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(takes_the_same_fragment_twice, Fixture) {
    add(1, 0, true, eights(1, 'a'));
    BOOST_TEST((add(1, 0, true, eights(1, 'a')).state == State::incomplete));
    BOOST_TEST((add(1, 8, false, "b").state == State::complete));
}

BOOST_FIXTURE_TEST_CASE(refuses_what_does_not_fit, Fixture) {
    // Other octets at the same offset; within another fragment; around another.
    add(1, 8, true, eights(2, 'a'));
    BOOST_TEST((add(1, 8, true, eights(2, 'b')).state == State::refused));
    BOOST_TEST(fragments.octets() == 0);
    add(1, 8, true, eights(2, 'a'));
    BOOST_TEST((add(1, 16, true, eights(1, 'a')).state == State::refused));
    add(1, 8, true, eights(1, 'a'));
    BOOST_TEST((add(1, 0, true, eights(3, 'a')).state == State::refused));
    // Two last fragments; one behind the end; an end before a fragment that is there.
    add(1, 16, false, "a");
    BOOST_TEST((add(1, 24, false, "a").state == State::refused));
    add(1, 16, false, "a");
    BOOST_TEST((add(1, 24, true, eights(1, 'a')).state == State::refused));
    add(1, 16, true, eights(1, 'a'));
    BOOST_TEST((add(1, 8, false, "a").state == State::refused));
    // Too long, empty, and not a multiple of eight.
    BOOST_TEST((add(1, 65528, false, eights(1, 'a')).state == State::refused));
    BOOST_TEST((add(1, 65528, false, "1234567").state == State::incomplete));
    BOOST_TEST((add(2, 0, true, "").state == State::refused));
    BOOST_TEST((add(2, 0, true, "123456789").state == State::refused));
}

BOOST_FIXTURE_TEST_CASE(forgets_the_oldest, Fixture) {
    add(1, 0, true, eights(1, 'a'));
    now += IpReassembly::timeout;
    BOOST_TEST((add(1, 8, false, "b").state == State::complete));
    add(1, 0, true, eights(1, 'a'));
    now += IpReassembly::timeout + PacketTime{1};
    BOOST_TEST((add(1, 8, false, "b").state == State::incomplete));
    BOOST_TEST(fragments.octets() == 1 + IpReassembly::overhead);
}

BOOST_FIXTURE_TEST_CASE(fragments_are_bounded, Fixture) {
    for (std::uint32_t id = 0; id < IpReassembly::max_datagrams + 1; ++id)
        add(id, 0, true, eights(1, 'a'));
    BOOST_TEST(fragments.octets() == IpReassembly::max_datagrams * (8 + IpReassembly::overhead));
    BOOST_TEST(
        (add(0, 8, false, "b").state == State::incomplete));  // the oldest, which was dropped
    // Fragments of new datagrams, since another fragment at the same place would be refused.
    for (std::uint32_t id = 10'000; id < 10'400; ++id) {
        BOOST_TEST((add(id, 0, true, eights(8000, 'a')).state == State::incomplete));
        BOOST_TEST(fragments.octets() <= IpReassembly::max_octets);
    }
    BOOST_TEST(fragments.octets() > IpReassembly::max_octets - 70'000);
    // The smallest fragments count with what they take besides their octets.
    std::size_t most = 0;
    for (std::uint32_t id = 20'000; id < 21'000; ++id) {
        for (std::size_t i = 0; i < IpReassembly::max_fragments; ++i)
            add(id, i * 16, true, eights(1, 'a'));
        most = std::max(most, fragments.octets());
    }
    BOOST_TEST(most <= IpReassembly::max_octets);
    BOOST_TEST(most > IpReassembly::max_octets - 70'000);
    std::size_t count = 0;
    while (add(30'000, count * 8, true, eights(1, 'a')).state == State::incomplete)
        ++count;
    BOOST_TEST(count == IpReassembly::max_fragments);
}

BOOST_AUTO_TEST_SUITE_END()
