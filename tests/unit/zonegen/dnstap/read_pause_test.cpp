// The pause between two reads follows what senders send.
#include "zonegen/dnstap/read_pause.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(read_pause_test)

using namespace dnshist::zonegen;
using Duration = ReadPause::Duration;

namespace {

// The pause between reads of a sender of so many octets a second, once that has settled.
Duration settled(std::size_t octets_a_second) {
    ReadPause pause;
    Duration last{1};
    for (int turn = 0; turn < 1000; ++turn) {
        const auto octets = octets_a_second * static_cast<std::size_t>(last.count()) / 1'000'000;
        last = pause.after(std::max<std::size_t>(octets, 1));
    }
    return last;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_slow_sender_is_read_a_hundred_times_a_second) {
    BOOST_TEST(settled(1000).count() == ReadPause::longest.count());
    BOOST_TEST(settled(500'000).count() == ReadPause::longest.count());
}

BOOST_AUTO_TEST_CASE(a_fast_one_so_often_that_its_socket_does_not_fill) {
    for (const std::size_t megabytes : {5U, 10U, 20U, 40U}) {
        const auto octets =
            megabytes * static_cast<std::size_t>(settled(megabytes * 1'000'000).count());
        BOOST_TEST(octets <= 2 * ReadPause::much, megabytes << " MB/s: " << octets);
        BOOST_TEST(octets >= ReadPause::little / 2, megabytes << " MB/s: " << octets);
    }
}

BOOST_AUTO_TEST_CASE(one_that_always_has_more_is_read_without_a_pause) {
    ReadPause pause;
    for (int turn = 0; turn < 100; ++turn)
        pause.after(1);
    for (int turn = 0; turn < 20; ++turn)
        pause.after(ReadPause::much + 1);
    BOOST_TEST(pause.after(ReadPause::much + 1).count() == 0);
}

BOOST_AUTO_TEST_CASE(where_nothing_came_there_is_no_pause) {
    ReadPause pause;
    BOOST_TEST((pause.after(1) == ReadPause::step));
    BOOST_TEST(pause.after(0).count() == 0);
    BOOST_TEST((pause.after(1) == 2 * ReadPause::step));
}

BOOST_AUTO_TEST_SUITE_END()
