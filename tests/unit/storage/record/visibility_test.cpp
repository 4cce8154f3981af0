// The laws of merging: order does not matter, nothing is counted twice, first and last always hold.
#include "storage/record/visibility.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <random>
#include <vector>

#include "tests/support/random_seed.hpp"

BOOST_AUTO_TEST_SUITE(visibility_test)

using namespace dnshist;

namespace {

constexpr std::uint32_t gap = 10;

Period span(std::uint32_t begin, std::uint32_t end) {
    return {Seconds{begin}, Seconds{end}};
}

Visibility seen(std::initializer_list<Period> runs) {
    Visibility all;
    for (const Period run : runs)
        all.add(run, 1, gap);
    return all;
}

void check_runs(const Visibility& visibility, std::vector<Period> expected) {
    const auto runs = visibility.runs();
    BOOST_TEST(std::ranges::equal(runs, expected));
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_was_seen_at_first) {
    const Visibility none;
    BOOST_TEST(none.empty());
    BOOST_TEST(none.count() == 0U);
    BOOST_TEST(!none.during(span(0, 4'000'000'000)));
}

BOOST_AUTO_TEST_CASE(what_comes_within_the_gap_extends_the_run) {
    check_runs(seen({span(100, 110), span(120, 130)}), {span(100, 130)});
    check_runs(seen({span(120, 130), span(100, 110)}), {span(100, 130)});
}

BOOST_AUTO_TEST_CASE(what_comes_past_the_gap_starts_a_run) {
    check_runs(seen({span(100, 110), span(121, 130)}), {span(100, 110), span(121, 130)});
    check_runs(seen({span(121, 130), span(100, 110)}), {span(100, 110), span(121, 130)});
}

BOOST_AUTO_TEST_CASE(what_lies_between_joins_two_runs) {
    check_runs(seen({span(100, 110), span(130, 140), span(120, 120)}), {span(100, 140)});
}

BOOST_AUTO_TEST_CASE(what_lies_inside_changes_no_run) {
    check_runs(seen({span(100, 200), span(150, 160)}), {span(100, 200)});
}

BOOST_AUTO_TEST_CASE(one_wide_interval_swallows_all_runs) {
    check_runs(seen({span(100, 110), span(200, 210), span(300, 310), span(90, 400)}),
               {span(90, 400)});
}

BOOST_AUTO_TEST_CASE(the_ends_of_time_do_not_wrap) {
    const std::uint32_t end = std::numeric_limits<std::uint32_t>::max();
    check_runs(seen({span(end, end), span(0, 0)}), {span(0, 0), span(end, end)});
    check_runs(seen({span(end - 5, end - 5), span(end, end)}), {span(end - 5, end)});
}

BOOST_AUTO_TEST_CASE(counts_add_up_and_saturate) {
    Visibility all(span(1, 1), std::numeric_limits<std::uint64_t>::max() - 1);
    all.add(span(1, 1), 1, gap);
    BOOST_TEST(all.count() == std::numeric_limits<std::uint64_t>::max());
    all.add(span(1, 1), 7, gap);
    BOOST_TEST(all.count() == std::numeric_limits<std::uint64_t>::max());
}

BOOST_AUTO_TEST_CASE(merge_max_takes_the_larger_count) {
    Visibility a(span(1, 2), 5);
    a.merge_max(Visibility(span(2, 3), 3), gap);
    BOOST_TEST(a.count() == 5U);
    a.merge_max(Visibility(span(2, 3), 9), gap);
    BOOST_TEST(a.count() == 9U);
    check_runs(a, {span(1, 3)});
}

BOOST_AUTO_TEST_CASE(during_looks_at_the_runs_and_not_at_first_and_last) {
    const Visibility away_for_a_while = seen({span(100, 110), span(200, 210)});
    BOOST_TEST(away_for_a_while.during(span(110, 120)));
    BOOST_TEST(!away_for_a_while.during(span(111, 199)));
    BOOST_TEST(away_for_a_while.during(span(111, 200)));
    BOOST_TEST(!away_for_a_while.during(span(211, 300)));
    BOOST_TEST(!away_for_a_while.during(span(0, 99)));
    BOOST_TEST(away_for_a_while.during(span(0, 500)));
}

BOOST_AUTO_TEST_CASE(past_the_limit_the_two_nearest_runs_become_one) {
    Visibility all;
    for (std::uint32_t i = 0; i < max_runs; ++i)
        all.add(span(i * 1000, i * 1000), 1, gap);
    BOOST_TEST(all.runs().size() == max_runs);
    all.add(span(5100, 5100), 1, gap);
    BOOST_TEST(all.runs().size() == max_runs);
    BOOST_TEST(all.during(span(5050, 5050)));
    BOOST_TEST(!all.during(span(5101, 5999)));
    BOOST_TEST(all.count() == max_runs + 1);
    BOOST_TEST(all.last().since_epoch == (max_runs - 1) * 1000);
}

BOOST_AUTO_TEST_CASE(the_order_of_merging_does_not_matter) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 2000; ++round) {
        // Few enough runs to stay under the limit, close enough to touch often.
        std::vector<Period> intervals;
        const auto number = 1 + random() % 20;
        for (std::uint64_t i = 0; i < number; ++i) {
            const auto begin = static_cast<std::uint32_t>(random() % 400);
            intervals.push_back(span(begin, begin + static_cast<std::uint32_t>(random() % 20)));
        }
        Visibility one_by_one;
        for (const Period interval : intervals)
            one_by_one.add(interval, 3, gap);

        std::ranges::shuffle(intervals, random);
        Visibility left;
        Visibility right;
        for (std::size_t i = 0; i < intervals.size(); ++i) {
            (i % 2 == 0 ? left : right).add(intervals[i], 3, gap);
        }
        Visibility both_ways[2] = {left, right};
        both_ways[0].merge(right, gap);
        both_ways[1].merge(left, gap);
        BOOST_TEST_REQUIRE((both_ways[0] == one_by_one), "seed " << seed << " round " << round);
        BOOST_TEST_REQUIRE((both_ways[1] == one_by_one), "seed " << seed << " round " << round);
        BOOST_TEST_REQUIRE(one_by_one.count() == 3 * number);
    }
}

BOOST_AUTO_TEST_CASE(every_second_that_was_seen_stays_seen) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 200; ++round) {
        Visibility all;
        std::vector<Period> intervals;
        for (int i = 0; i < 100; ++i) {
            const auto begin = static_cast<std::uint32_t>(random() % 100'000);
            intervals.push_back(span(begin, begin + static_cast<std::uint32_t>(random() % 50)));
            all.add(intervals.back(), 1, gap);
        }
        Period whole = intervals.front();
        for (const Period interval : intervals) {
            BOOST_TEST_REQUIRE(all.during(interval), "seed " << seed << " round " << round);
            whole = {std::min(whole.begin, interval.begin), std::max(whole.end, interval.end)};
        }
        BOOST_TEST_REQUIRE((whole == Period{all.first(), all.last()}), "seed " << seed);
        BOOST_TEST_REQUIRE(all.runs().size() <= max_runs);
    }
}

BOOST_AUTO_TEST_CASE(sightings_put_sensors_and_zone_files_together) {
    Sightings both;
    both.zone.add(span(50, 60), 4, gap);
    BOOST_TEST((both.first() == Seconds{50}));
    both.sensor.add(span(100, 110), 5, gap);
    BOOST_TEST((both.first() == Seconds{50}));
    BOOST_TEST((both.last() == Seconds{110}));
    BOOST_TEST(both.count() == 9U);
    BOOST_TEST(both.during(span(55, 55)));
    BOOST_TEST(!both.during(span(70, 90)));
}

BOOST_AUTO_TEST_SUITE_END()
