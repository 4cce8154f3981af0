#include "responder/observe/counters.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(counters_test)

using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_question_counts_where_it_belongs) {
    Counters counters;
    counters.count(Transport::udp, {.kind = QueryKind::pivot, .rcode = Rcode::nxdomain});
    counters.count(Transport::udp, {.kind = QueryKind::pivot, .rcode = Rcode::nxdomain});
    counters.count(Transport::tcp, {.kind = QueryKind::own});
    BOOST_TEST(counters.answered(Transport::udp, QueryKind::pivot, 3) == 2U);
    BOOST_TEST(counters.answered(Transport::tcp, QueryKind::own, 0) == 1U);
    BOOST_TEST(counters.answered(Transport::udp, QueryKind::own, 0) == 0U);
    BOOST_TEST(counters.answered(Transport::tcp, QueryKind::pivot, 3) == 0U);
}

BOOST_AUTO_TEST_CASE(a_code_that_has_no_name_counts_as_the_last) {
    Counters counters;
    counters.count(Transport::udp, {.rcode = static_cast<Rcode>(4000)});
    counters.count(Transport::udp, {.rcode = static_cast<Rcode>(rcodes)});
    BOOST_TEST(counters.answered(Transport::udp, QueryKind::none, rcodes) == 2U);
    BOOST_TEST(rcode_text(static_cast<Rcode>(4000)) == "OTHER");
    BOOST_TEST(rcode_text(Rcode::badvers) == "BADVERS");
    BOOST_TEST(rcode_text(Rcode::notauth) == "NOTAUTH");
}

BOOST_AUTO_TEST_CASE(an_answer_is_truncated_over_udp_alone) {
    Counters counters;
    counters.count(Transport::udp, {.truncated = true});
    counters.count(Transport::tcp, {.truncated = true});  // an EDE that did not fit
    BOOST_TEST(counters.truncated.get() == 1U);
}

BOOST_AUTO_TEST_CASE(a_time_falls_into_the_bucket_that_it_does_not_exceed) {
    Timing timing;
    timing.add(0ns);
    timing.add(2us);
    timing.add(2001ns);
    timing.add(50ms);
    timing.add(1h);
    timing.add(-1ns);  // no clock of ours does that
    BOOST_TEST(timing.bucket(0) == 3U);
    BOOST_TEST(timing.bucket(1) == 1U);
    BOOST_TEST(timing.bucket(Timing::bounds.size() - 1) == 1U);
    BOOST_TEST(timing.bucket(Timing::bounds.size()) == 1U);
    BOOST_TEST(timing.nanoseconds() == 2000U + 2001U + 50'000'000U + 3'600'000'000'000U);
}

BOOST_AUTO_TEST_CASE(workers_do_not_share_cache_lines) {
    static_assert(alignof(Counters) == cache_line && sizeof(Counters) % cache_line == 0);
}

BOOST_AUTO_TEST_CASE(another_thread_may_look) {
    Counters counters;
    std::thread worker([&] {
        for (int i = 0; i < 10'000; ++i)
            counters.drop(Drop::limited);
    });
    const Count& limited = counters.drops[static_cast<std::size_t>(Drop::limited)];
    std::uint64_t before = 0;
    bool backwards = false;
    while (before < 10'000) {
        const std::uint64_t now = limited.get();
        backwards = backwards || now < before;
        before = now;
    }
    worker.join();
    BOOST_TEST(!backwards);
    BOOST_TEST(before == 10'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
