// Imports as a whole: what is in the store after them, and what they answer.
#include "zonegen/load.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>

#include "storage/rdata.hpp"
#include "tests/unit/temporary_directory.hpp"

using namespace dnshist;

namespace {

// A record that was seen `count` times.
std::string record(const std::string& owner, int count = 1) {
    return R"({"rrname":")" + owner +
           R"(","rrtype":"A","rdata":"192.0.2.1","time_first":1,"count":)" + std::to_string(count) +
           "}";
}

struct Fixture {
    test::TemporaryDirectory directory;
    LoadOptions options;
    Summary summary;
    std::uint64_t rejected = 0;

    std::string path(const std::string& name) const { return (directory.path() / name).string(); }
    std::string file(const std::string& name, std::string_view content) const {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }

    bool import(const std::string& feed) {
        Terminal terminal;
        Rejects rejects(terminal, std::nullopt);
        HistoryWriter writer(path("store"), {});
        Load load(writer, options, rejects, terminal, -1);
        const bool complete = load.import(feed);
        summary = load.summary();
        rejected = rejects.total();
        return complete;
    }

    // What the store has counted, by owner.
    std::map<std::string, std::uint64_t> counts() const {
        History history(path("store"));
        Snapshot snapshot(history);
        snapshot.renew();
        RecordCursor cursor(snapshot);
        cursor.seek_all();
        std::map<std::string, std::uint64_t> result;
        while (cursor.next()) {
            const auto owner = Name::from_key(cursor.record().owner);
            result[owner.value().text()] += cursor.record().count;
        }
        return result;
    }
};

using ByOwner = std::map<std::string, std::uint64_t>;

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
    // What came is kept.
    BOOST_TEST((counts() == ByOwner{{"a.", 4}, {"b.", 1}}));

    options.format = Format::dnsdb;
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
