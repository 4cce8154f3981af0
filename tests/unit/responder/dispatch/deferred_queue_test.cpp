// Questions that wait: when each has its turn, and with how much budget.
#include "responder/dispatch/deferred_queue.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <vector>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(deferred_queue_test)

namespace {

struct Fixture {
    boost::asio::io_context io;
    DeferredQueue queue{io};
    std::vector<Budget> turns;

    void join(unsigned count) {
        for (unsigned i = 0; i < count; ++i)
            queue.join([this](Budget budget) { turns.push_back(budget); });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(one_at_a_time_behind_what_is_ready, Fixture) {
    join(2);
    std::size_t turns_before = 9;
    boost::asio::post(io, [&] { turns_before = turns.size(); });
    io.run();
    BOOST_TEST(turns_before == 1U);
    BOOST_TEST((turns == std::vector{Budget::whole, Budget::whole}));
}

BOOST_FIXTURE_TEST_CASE(when_it_is_closed_all_have_their_turn, Fixture) {
    join(3);
    BOOST_TEST(!queue.full());
    queue.close();
    BOOST_TEST((turns == std::vector{Budget::cut, Budget::cut, Budget::cut}));
    BOOST_TEST(queue.full());
    io.run();
    BOOST_TEST(turns.size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(so_many_wait_and_no_more, Fixture) {
    join(DeferredQueue::capacity - 1);
    BOOST_TEST(!queue.full());
    join(1);
    BOOST_TEST(queue.full());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
