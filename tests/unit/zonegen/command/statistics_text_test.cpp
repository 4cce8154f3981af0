#include "zonegen/command/statistics_text.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(statistics_text_test)

using namespace dnshist;
using namespace dnshist::zonegen;

BOOST_AUTO_TEST_CASE(a_store_in_numbers) {
    const StoreStatistics statistics{.names = 2,
                                     .records = 3,
                                     .pivots = 4,
                                     .octets = 40960,
                                     .earliest = Seconds{0},
                                     .latest = Seconds{1'559'347'200},
                                     .written = Seconds{1'700'000'000}};
    BOOST_TEST(statistics_text(statistics) ==
               "names    2\n"
               "records  3\n"
               "pivots   4\n"
               "size     41.0 kB\n"
               "earliest 1970-01-01T00:00:00Z\n"
               "latest   2019-06-01T00:00:00Z\n"
               "written  2023-11-14T22:13:20Z\n");
    BOOST_TEST(statistics_json(statistics) ==
               R"({"names":2,"records":3,"pivots":4,"octets":40960,)"
               R"("earliest":"1970-01-01T00:00:00Z","latest":"2019-06-01T00:00:00Z",)"
               R"("written":"2023-11-14T22:13:20Z"})"
               "\n");
}

// A day after the last write is the latest that a record may have been seen.
BOOST_AUTO_TEST_CASE(a_time_of_the_future_is_not_the_latest) {
    StoreStatistics statistics;
    statistics.latest = Seconds{1'700'086'400};
    statistics.written = Seconds{1'700'000'000};
    BOOST_TEST(statistics_text(statistics, {}).find("ahead") == std::string::npos);
    BOOST_TEST(statistics_json(statistics, {}).find("ahead") == std::string::npos);
    statistics.latest = Seconds{3'640'924'627};
    const std::string text = statistics_text(statistics, {});
    BOOST_TEST(text.find("latest   2023-11-15T22:13:20Z\n") != std::string::npos);
    BOOST_TEST(text.find("ahead    2085-05-17T") != std::string::npos);
    const std::string json = statistics_json(statistics, {});
    BOOST_TEST(json.find(R"("latest":"2023-11-15T22:13:20Z",)") != std::string::npos);
    BOOST_TEST(json.find(R"(,"ahead":"2085-05-17T)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_store_has_no_times) {
    BOOST_TEST(statistics_json({}) ==
               R"({"names":0,"records":0,"pivots":0,"octets":0,"earliest":null,"latest":null,)"
               R"("written":null})"
               "\n");
}

BOOST_AUTO_TEST_CASE(overflowing_parents_are_shown_where_there_are_some) {
    OverflowingParents overflow;
    overflow.parents = {
        {Name::from_text("tracker.example.").value(), {.admitted = 5, .refused = 70}}};
    overflow.overflowing = 3;
    overflow.refused = 90;
    const std::string text = statistics_text({}, {}, overflow);
    BOOST_TEST(
        text.ends_with("refused  90 new names below 3 names, by import.new_children\n"
                       "         70 below tracker.example., after 5\n"));
    BOOST_TEST(
        statistics_json({}, {}, overflow)
            .ends_with(
                R"("refused":90,"refusing_parents":3,"largest_parents":[{"parent":"tracker.example.",)"
                R"("admitted":5,"refused":70}]})"
                "\n"));
}

BOOST_AUTO_TEST_CASE(levels_are_shown_once_there_are_files) {
    LevelStatistics levels{.young = 8192, .old = {{}, {}}};
    BOOST_TEST(statistics_text({}, levels) == statistics_text({}));
    BOOST_TEST(statistics_json({}, levels).find(R"(,"levels":{"young":8192,"old":[{"files":0,)") !=
               std::string::npos);
    levels.old = {{.files = 1, .octets = 2000}, {.files = 3, .octets = 5'000'000}};
    levels.merging = true;
    levels.behind = 4096;
    levels.debt = 12000;
    levels.most_debt = 30'000;
    levels.observations = 10;
    levels.written = 1005;
    levels.damaged = 2;
    levels.files = 4;
    levels.search_files = 3;
    levels.search_octets = 6000;
    levels.young_search_octets = 300;
    const std::string text = statistics_text({}, levels);
    BOOST_TEST(text.ends_with(
        "levels   young 8.2 kB; level 1: 2.0 kB in 1 files; level 2: 5.0 MB in 3 files\n"
        "search   6.0 kB in 3 of 4 files, and 300 octets of the young level\n"
        "merging  about 4.1 kB to go\n"
        "behind   12.0 kB rewritten since merging began; above 30.0 kB what comes in waits\n"
        "wrote    100 octets on disk for each of 10 observations\n"
        "damaged  2 parts, which merges left behind in level.*.mdb.damaged\n"));
    const std::string json = statistics_json({}, levels);
    BOOST_TEST(json.find(R"("old":[{"files":1,"octets":2000},{"files":3,"octets":5000000}],)"
                         R"("merging":true,"behind":4096,"debt":12000,"most_debt":30000,)"
                         R"("observations":10,"written":1005,)"
                         R"("damaged":2,"search_files":3,"search_octets":6000,)"
                         R"("young_search_octets":300})") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
