// Imports as a whole: what is in the store after them, and what they answer.
#include "zonegen/import/load.hpp"

#include <lmdb.h>
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/record/rdata.hpp"
#include "tests/unit/zonegen/import/import_fixture.hpp"

BOOST_AUTO_TEST_SUITE(load_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

// How many transactions have been written to a store.
std::size_t transactions(const std::string& store) {
    MDB_env* environment = nullptr;
    MDB_envinfo info{};
    BOOST_REQUIRE(mdb_env_create(&environment) == 0);
    BOOST_REQUIRE(mdb_env_open(environment, store.c_str(), MDB_RDONLY, 0600) == 0);
    BOOST_REQUIRE(mdb_env_info(environment, &info) == 0);
    mdb_env_close(environment);
    return info.me_last_txnid;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(imports_lines_and_arrays, Fixture) {
    BOOST_TEST(import(file("lines", record("a") + "\n\n# a remark\n" + record("b", 7) + "\n")));
    BOOST_TEST(summary.observations == 2);
    BOOST_TEST(summary.new_records == 2);
    BOOST_TEST(import(file("array", "[" + record("b", 3) + ",\n" + record("c") + "]\n")));
    BOOST_TEST(summary.new_records == 1);
    BOOST_TEST(summary.merged_records == 1);
    BOOST_TEST((counts() == ByOwner{{"a.", 1}, {"b.", 10}, {"c.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(counts_may_be_totals, Fixture) {
    BOOST_TEST(import(file("first", record("a", 5) + "\n" + record("b", 5) + "\n")));
    options.counts = Counts::max;
    BOOST_TEST(import(file("second", record("a", 3) + "\n" + record("b", 9) + "\n")));
    BOOST_TEST((counts() == ByOwner{{"a.", 5}, {"b.", 9}}));
}

BOOST_FIXTURE_TEST_CASE(a_feed_is_imported_once_whatever_it_is_called, Fixture) {
    const std::string content = record("a") + "\n" + record("b") + "\n";
    BOOST_TEST(import(file("feed", content)));
    BOOST_TEST(import(path("feed")));
    BOOST_TEST(summary.observations == 0);
    BOOST_TEST(import(file("moved", content)));
    BOOST_TEST(summary.observations == 0);
    BOOST_TEST((counts() == ByOwner{{"a.", 1}, {"b.", 1}}));

    options.again = true;
    BOOST_TEST(import(path("feed")));
    BOOST_TEST((counts() == ByOwner{{"a.", 2}, {"b.", 2}}));
}

BOOST_FIXTURE_TEST_CASE(a_feed_that_has_grown_goes_on_where_it_ended, Fixture) {
    std::string content;
    for (int i = 0; i < 3; ++i) {
        content += record("n" + std::to_string(i)) + "\n";
        BOOST_TEST(import(file("feed", content)));
        BOOST_TEST(summary.observations == 1);
    }
    BOOST_TEST((counts() == ByOwner{{"n0.", 1}, {"n1.", 1}, {"n2.", 1}}));
}

// The head, which is shorter than 4096 octets here, is not all that is compared.
BOOST_FIXTURE_TEST_CASE(a_feed_that_differs_later_is_another, Fixture) {
    std::string content;
    for (int i = 0; i < 100; ++i)
        content += record("same") + "\n";
    BOOST_TEST(import(file("one", content + record("one") + "\n")));
    BOOST_TEST(import(file("two", content + record("two") + "\n")));
    BOOST_TEST((counts() == ByOwner{{"same.", 200}, {"one.", 1}, {"two.", 1}}));
    BOOST_TEST(import(path("one")));
    BOOST_TEST(import(path("two")));
    BOOST_TEST((counts() == ByOwner{{"same.", 200}, {"one.", 1}, {"two.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(a_line_that_is_not_all_there_yet_is_read_when_it_is, Fixture) {
    const std::string last = record("b");
    BOOST_TEST(import(file("feed", record("a") + "\n" + last.substr(0, last.size() / 2))));
    BOOST_TEST(rejected == 1);
    BOOST_TEST((counts() == ByOwner{{"a.", 1}}));
    BOOST_TEST(import(file("feed", record("a") + "\n" + last)));
    BOOST_TEST(rejected == 0);
    BOOST_TEST(import(file("feed", record("a") + "\n" + last + "\n" + record("c") + "\n")));
    BOOST_TEST((counts() == ByOwner{{"a.", 1}, {"b.", 1}, {"c.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(one_feed_may_be_several_batches, Fixture) {
    std::string content;
    for (int i = 0; i < 25; ++i)
        content += record("n" + std::to_string(i)) + "\n";
    options.batch = 10;
    BOOST_TEST(import(file("feed", content)));
    BOOST_TEST(summary.observations == 25);
    BOOST_TEST(counts().size() == 25);
    BOOST_TEST(import(path("feed")));
    BOOST_TEST(summary.observations == 0);
}

BOOST_FIXTURE_TEST_CASE(rejected_lines_do_not_end_an_import, Fixture) {
    BOOST_TEST(import(file("feed", record("a") + "\nnonsense\n{}\n" + record("b") + "\n")));
    BOOST_TEST(rejected == 2);
    BOOST_TEST((counts() == ByOwner{{"a.", 1}, {"b.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(a_well_formed_feed_without_records_is_no_failure, Fixture) {
    BOOST_TEST(import(file("eve", R"({"timestamp":"2024-07-01T10:00:06.0+0200",)"
                                  R"("event_type":"flow","flow":{}})"
                                  "\n")));
    BOOST_TEST(import(file("saf", "{\"cond\":\"begin\"}\n{\"cond\":\"succeeded\"}\n")));
    BOOST_TEST(import(file("zeek",
                           "#separator \\x09\n#fields\tts\tquery\tqclass\tqtype\tanswers\n"
                           "#close\t2024-01-01-00-00-00\n")));
    BOOST_TEST(import(file("pcap", std::string_view("\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0"
                                                    "\0\0\4\0\1\0\0\0",
                                                    24))));
    options.format = FeedFormat::passivedns;
    BOOST_TEST(import(file("empty", "")));
    BOOST_TEST(rejected == 0);
}

BOOST_FIXTURE_TEST_CASE(nothing_usable_is_a_failure, Fixture) {
    BOOST_TEST(!import(file("empty", "")));
    BOOST_TEST(!import(file("blank", "\n \n")));
    BOOST_TEST(!import(file("rejected", "{}\n{\"rrname\":\"a\"}\n")));
    BOOST_TEST(!import(file("binary", std::string_view("\0\1\2\3", 4))));
    BOOST_TEST(rejected == 0);  // not even looked at
    BOOST_TEST(!import(path("absent")));
    BOOST_TEST(!import(directory.path().string()));
    BOOST_TEST(counts().empty());
}

BOOST_FIXTURE_TEST_CASE(a_stream_of_dnsdb_tells_whether_it_is_all_there, Fixture) {
    const std::string begin = "{\"cond\":\"begin\"}\n{\"obj\":" + record("a") + "}\n";
    BOOST_TEST(import(file("good", begin + "{\"cond\":\"succeeded\"}\n")));
    BOOST_TEST(import(file("limited", begin + "{\"cond\":\"limited\",\"msg\":\"more\"}\n")));
    BOOST_TEST(!import(file("failed", begin + "{\"cond\":\"failed\",\"msg\":\"oh\"}\n")));
    BOOST_TEST(!import(file("cut", begin + "{\"obj\":" + record("b") + "}\n")));
    // The observations so far are kept.
    BOOST_TEST((counts() == ByOwner{{"a.", 4}, {"b.", 1}}));

    options.format = FeedFormat::dnsdb;
    BOOST_TEST(!import(file("bare", record("c") + "\n")));
}

BOOST_FIXTURE_TEST_CASE(an_array_that_was_cut_short_is_a_failure, Fixture) {
    BOOST_TEST(!import(file("feed", "[" + record("a") + "," + record("b"))));
    BOOST_TEST((counts() == ByOwner{{"a.", 1}, {"b.", 1}}));
    BOOST_TEST(
        import(file("feed", "[" + record("a") + "," + record("b") + "," + record("c") + "]")));
    BOOST_TEST((counts() == ByOwner{{"a.", 1}, {"b.", 1}, {"c.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(observations_reach_the_store_as_they_were, Fixture) {
    options.reader.sensor = "ours";
    BOOST_TEST(import(file(
        "feed",
        R"({"rrname":"a","rrtype":"MX","rdata":"10 MX.example","time_first":5,"time_last":9,)"
        R"("count":4,"zone_time_first":1,"zone_time_last":2,"zone_count":3,"bailiwick":"."})")));
    History history(path("store"));
    Snapshot snapshot(history);
    snapshot.renew();
    RecordCursor cursor(snapshot);
    cursor.seek_all();
    BOOST_REQUIRE(cursor.next());
    const StoredRecord& stored = cursor.record();
    BOOST_TEST(rdata_text(stored.type, stored.rdata) == "10 mx.example.");
    Sightings expected;
    expected.sensor.add({Seconds{5}, Seconds{9}}, 4, default_gap);
    expected.zone.add({Seconds{1}, Seconds{2}}, 3, default_gap);
    BOOST_TEST((stored.sightings() == expected));
    const auto sources = stored.sources();
    BOOST_REQUIRE(sources.size() == 1);
    const auto source = snapshot.source(sources[0], stored.owner);
    BOOST_TEST((source == Source{.sensor_id = "ours", .origin = "", .bailiwick = "."}));
    BOOST_TEST(!cursor.next());
}

namespace {

// The intervals in which each record of the store was in a zone.
std::map<std::string, std::string> zone_runs(const std::string& store) {
    History history(store);
    Snapshot snapshot(history);
    snapshot.renew();
    RecordCursor cursor(snapshot);
    cursor.seek_all();
    std::map<std::string, std::string> result;
    while (cursor.next()) {
        std::string& runs = result[Name::from_key(cursor.record().owner).value().text()];
        const Sightings sightings = cursor.record().sightings();
        for (const Period run : sightings.zone.runs()) {
            runs += std::to_string(run.begin.since_epoch) + ".." +
                    std::to_string(run.end.since_epoch) + ' ';
        }
    }
    return result;
}

}  // namespace

// The columns of a row are named at the feed's start only.
BOOST_FIXTURE_TEST_CASE(a_feed_with_a_header_goes_on_with_it, Fixture) {
    std::string content = zeek_header + zeek_row("a");
    BOOST_TEST(import(file("feed", content)));
    content += zeek_row("b");
    BOOST_TEST(import(file("feed", content + "1\tc\t1")));
    BOOST_TEST(rejected == 1);
    BOOST_TEST(import(file("feed", content + zeek_row("c"))));
    BOOST_TEST(rejected == 0);
    BOOST_TEST((counts() == ByOwner{{"a.", 1}, {"b.", 1}, {"c.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(a_line_without_its_end_may_be_a_beginning, Fixture) {
    const std::string line = "1||192.0.2.7||192.0.2.53||IN||a.||A||192.0.2.1||60||1";
    BOOST_TEST(!import(file("feed", line)));
    BOOST_TEST(rejected == 1);
    BOOST_TEST(import(file("feed", line + "1\n")));
    BOOST_TEST((counts() == ByOwner{{"a.", 11}}));
}

// A file that is compressed does not grow.
BOOST_FIXTURE_TEST_CASE(a_line_without_its_end_is_whole_where_none_can_follow, Fixture) {
    const std::string line = "1||192.0.2.7||192.0.2.53||IN||a.||A||192.0.2.1||60||2";
    const gzFile compressed = gzopen(path("feed.gz").c_str(), "wb");
    BOOST_REQUIRE(gzwrite(compressed, line.data(), static_cast<unsigned>(line.size())) ==
                  static_cast<int>(line.size()));
    gzclose(compressed);
    BOOST_TEST(import(path("feed.gz")));
    BOOST_TEST(rejected == 0);
    BOOST_TEST((counts() == ByOwner{{"a.", 2}}));
}

BOOST_FIXTURE_TEST_CASE(a_zone_needs_its_time, Fixture) {
    const std::string zone = "example. IN SOA . . 1 2 3 4 5\n";
    BOOST_TEST(!import(file("zone", zone)));
    options.reader.when = Seconds{1000};
    BOOST_TEST(import(path("zone")));
    BOOST_TEST((counts() == ByOwner{{"example.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(the_time_of_a_zone_may_be_its_files, Fixture) {
    const std::string zone = file("zone", "example. IN SOA . . 1 2 3 4 5\n");
    std::filesystem::last_write_time(zone, std::chrono::file_clock::from_sys(
                                               std::chrono::sys_seconds{std::chrono::seconds{77}}));
    options.when_modified = true;
    BOOST_TEST(import(zone));
    BOOST_TEST(zone_runs(path("store")).at("example.") == "77..77 ");
    BOOST_TEST(!import("-"));
}

// The same content says something new at another time, and nothing at the same.
BOOST_FIXTURE_TEST_CASE(copies_of_a_zone_show_what_was_there_in_between, Fixture) {
    const std::uint32_t day = 86400;
    const std::string soa = "example. IN SOA . . 1 2 3 4 5\n";
    const std::string both = file("both", soa + "a.example. IN A 192.0.2.1\n");
    const auto import_at = [&](std::uint32_t when, const std::string& zone) {
        options.reader.when = Seconds{when};
        BOOST_TEST(import(zone));
    };
    import_at(1 * day, both);
    import_at(2 * day, both);
    import_at(2 * day, both);
    BOOST_TEST(summary.observations == 0);
    import_at(3 * day, file("one", soa));
    // Longer than the store's gap later.
    import_at(90 * day, both);
    BOOST_TEST(zone_runs(path("store")).at("example.") == "86400..259200 7776000..7776000 ");
    BOOST_TEST(zone_runs(path("store")).at("a.example.") == "86400..172800 7776000..7776000 ");
    BOOST_TEST((counts() == ByOwner{{"example.", 4}, {"a.example.", 3}}));
}

// RDATA may have 64 KB: a batch that were only counted in observations could take all memory.
BOOST_FIXTURE_TEST_CASE(a_batch_of_long_observations_is_written_early, Fixture) {
    std::string feed;
    for (int i = 0; i < 100; ++i) {
        std::string hex = std::to_string(100000 + i);
        hex.resize(120'000, '0');
        feed += R"({"rrname":"a","rrtype":"TYPE65280","rdata":"\\\\# 60000 )" + hex +
                R"(","time_first":1})" + "\n";
    }
    const std::string path_of_feed = file("feed", feed);
    BOOST_TEST(import(path_of_feed));
    BOOST_TEST(summary.new_records == 100U);
    const std::size_t whole = transactions(path("store"));
    std::filesystem::remove_all(path("store"));
    options.batch_octets = std::size_t{4} << 20;
    BOOST_TEST(import(path_of_feed));
    BOOST_TEST(summary.new_records == 100U);
    BOOST_TEST(transactions(path("store")) >= whole + 1);
}

BOOST_FIXTURE_TEST_CASE(a_time_in_the_future_is_rejected, Fixture) {
    const auto seen = [](const char* owner, std::uint32_t when) {
        return R"({"rrname":")" + std::string(owner) +
               R"(","rrtype":"A","rdata":["192.0.2.1","192.0.2.2"],"time_first":)" +
               std::to_string(when) + "}\n";
    };
    const std::uint32_t clock = now_utc().since_epoch;
    const std::string feed = seen("a", clock + 80'000) + seen("b", clock + 90'000) + seen("c", 1);
    BOOST_TEST(import(file("feed", feed)));
    BOOST_TEST((counts() == ByOwner{{"a.", 2}, {"c.", 2}}));
    BOOST_TEST(rejected == 1U);  // the item, once

    options.times = TimeLimit(100'000);
    options.again = true;
    BOOST_TEST(import(path("feed")));
    BOOST_TEST((counts() == ByOwner{{"a.", 4}, {"b.", 2}, {"c.", 4}}));
    BOOST_TEST(rejected == 0U);
}

// Each item is judged by the clock of the import that read it.
BOOST_FIXTURE_TEST_CASE(what_was_of_the_future_can_be_taken_later, Fixture) {
    const auto seen = [](const char* owner, std::uint32_t when) {
        return R"({"rrname":")" + std::string(owner) +
               R"(","rrtype":"A","rdata":"192.0.2.1","time_first":)" + std::to_string(when) + "}\n";
    };
    const std::string first = seen("a", 900) + seen("b", 2000) + seen("c", 1000);
    const std::string second = seen("d", 3000) + seen("e", 7000);
    const std::string third = seen("f", 8000);
    options.times = TimeLimit(0, Seconds{1000});
    BOOST_TEST(import(file("feed", first)));
    BOOST_TEST(rejected == 1U);
    options.times = TimeLimit(0, Seconds{5000});
    BOOST_TEST(import(file("feed", first + second)));
    BOOST_TEST(rejected == 1U);
    options.times = TimeLimit(0, Seconds{9000});
    BOOST_TEST(import(file("feed", first + second + third)));
    BOOST_TEST(rejected == 0U);
    BOOST_TEST((counts() == ByOwner{{"a.", 1}, {"c.", 1}, {"d.", 1}, {"f.", 1}}));

    options.times = TimeLimit(1, Seconds{9000});
    BOOST_TEST(import(path("feed")));
    BOOST_TEST(summary.observations == 2U);
    BOOST_TEST(
        (counts() == ByOwner{{"a.", 1}, {"b.", 1}, {"c.", 1}, {"d.", 1}, {"e.", 1}, {"f.", 1}}));
    BOOST_TEST(import(path("feed")));
    BOOST_TEST(summary.observations == 0U);
}

BOOST_AUTO_TEST_CASE(a_period_that_ends_in_the_future_is_of_the_future) {
    TimeLimit times(5, Seconds{1000});
    BOOST_TEST(!times.check({Seconds{900}, Seconds{1005}}));
    BOOST_TEST(times.check({Seconds{900}, Seconds{1006}}).has_value());
}

// While one feed is read, its clock stands still once it has refused something: what is refused
// then can be told from what is not.
BOOST_AUTO_TEST_CASE(a_clock_that_has_refused_stands_still) {
    TimeLimit times(0);
    const std::uint32_t clock = now_utc().since_epoch;
    const auto at = [](std::uint32_t when) { return Period{Seconds{when}, Seconds{when}}; };
    BOOST_TEST(!times.check_repeatably(at(clock)));
    BOOST_TEST(!times.refused_at());
    BOOST_TEST(times.check_repeatably(at(clock + 1000)).has_value());
    BOOST_REQUIRE(times.refused_at());
    while (now_utc() <= *times.refused_at())
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    TimeLimit again(0, *times.refused_at());
    for (std::uint32_t when = clock; when < clock + 100; ++when)
        BOOST_TEST(times.check_repeatably(at(when)).has_value() ==
                   again.check(at(when)).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_copy_of_a_zone_is_not_of_the_future, Fixture) {
    options.format = FeedFormat::zone;
    options.reader.origin = Name();
    options.reader.when = Seconds{now_utc().since_epoch + 100'000};
    const std::string zone = file("zone", "a. 60 IN A 192.0.2.1\n");
    BOOST_TEST(!import(zone));
    BOOST_TEST(counts().empty());
    options.times = TimeLimit(200'000);
    BOOST_TEST(import(zone));
}

BOOST_AUTO_TEST_SUITE_END()
