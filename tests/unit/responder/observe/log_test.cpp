#include "responder/observe/log.hpp"

#include <boost/test/unit_test.hpp>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(log_test)

BOOST_AUTO_TEST_CASE(one_a_minute_passes_and_tells_how_many_did_not) {
    using namespace std::chrono_literals;
    OncePerMinute often;
    const OncePerMinute::Clock::time_point start{};
    BOOST_TEST(often.pass(start).value() == 0U);
    BOOST_TEST(!often.pass(start).has_value());
    BOOST_TEST(!often.pass(start + 59s).has_value());
    BOOST_TEST(often.pass(start + 60s).value() == 2U);
    BOOST_TEST(!often.pass(start + 119s).has_value());
    BOOST_TEST(often.pass(start + 1h).value() == 1U);
    BOOST_TEST(often.pass(start + 2h).value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
