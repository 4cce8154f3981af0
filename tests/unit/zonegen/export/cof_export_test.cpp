// Which records are exported, and that importing them makes an equal store.
#include "zonegen/export/cof_export.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <limits>
#include <sstream>

#include "tests/support/temporary_directory.hpp"
#include "zonegen/import/load.hpp"

BOOST_AUTO_TEST_SUITE(cof_export_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

struct Fixture {
    test::TemporaryDirectory directory;

    void import(const std::string& store, const std::string& content) const {
        const auto feed = directory.path() / "feed";
        std::ofstream(feed, std::ios::binary) << content;
        Terminal terminal;
        RejectReport rejects(terminal, std::nullopt);
        HistoryWriter writer(directory.path() / store, {});
        LoadOptions options;
        options.times = TimeLimit(std::numeric_limits<std::uint32_t>::max());  // some are of 2106
        Load load(writer, options, rejects, terminal, -1);
        BOOST_REQUIRE(load.import(feed.string()));
        BOOST_REQUIRE(rejects.total() == 0);
    }

    // The output of write(std::FILE*).
    template <class Write>
    std::string written(Write&& write) const {
        const auto path = directory.path() / "export";
        std::FILE* const file = std::fopen(path.c_str(), "w");
        BOOST_REQUIRE(file != nullptr);
        write(file);
        std::fclose(file);
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }

    // The stream of a whole store, and how the export of it ended.
    std::pair<std::string, Written> streamed(const std::string& store, int stop = -1) const {
        ExportWatch watch{.stop = stop};
        History history(directory.path() / store,
                        [&](const std::string&, const std::string&) { ++watch.damaged; });
        Written end{};
        std::string text =
            written([&](std::FILE* file) { end = export_dnsdb(history, {}, file, watch).written; });
        return {std::move(text), end};
    }

    std::string exported(const std::string& store, std::string_view subject = {}) const {
        History history(directory.path() / store);
        ExportResult result;
        std::string lines = written([&](std::FILE* file) {
            result = export_cof(
                history, subject.empty() ? Subject{} : subject_from_text(subject).value(), file);
        });
        BOOST_TEST((result.written == Written::all));
        BOOST_TEST(static_cast<std::uint64_t>(std::ranges::count(lines, '\n')) == result.records);
        return lines;
    }

    std::vector<std::string> owners(std::string_view subject) const {
        std::istringstream lines(exported("store", subject));
        std::vector<std::string> owners;
        const std::string before = "\"rrname\":\"";
        for (std::string line; std::getline(lines, line);) {
            const std::size_t at = line.find(before) + before.size();
            owners.push_back(line.substr(at, line.find('"', at) - at));
        }
        return owners;
    }
};

std::string record(const std::string& owner) {
    return R"({"rrname":")" + owner +
           R"(","rrtype":"A","rdata":"192.0.2.1","time_first":1})"
           "\n";
}

using Owners = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(subjects_are_names_or_what_is_below_them) {
    BOOST_TEST((subject_from_text("Example.com")->scope == Subject::Scope::owner));
    BOOST_TEST(subject_from_text("Example.com")->name.text() == "example.com.");
    BOOST_TEST((subject_from_text("*.example.com")->scope == Subject::Scope::below));
    BOOST_TEST(subject_from_text("*.example.com")->name.text() == "example.com.");
    BOOST_TEST(subject_from_text("*.")->name.text() == ".");
    BOOST_TEST(subject_from_text("*")->name.text() == ".");
    BOOST_TEST(subject_from_text("a..b").has_error());
}

// Whichever source a store met first, and so numbered first.
BOOST_FIXTURE_TEST_CASE(equal_stores_have_equal_exports, Fixture) {
    const auto seen = [](const char* sensor) {
        return R"({"rrname":"a","rrtype":"A","rdata":"192.0.2.1","time_first":1,"sensor_id":")" +
               std::string(sensor) + "\"}\n";
    };
    import("store", seen("one") + seen("two"));
    import("other", seen("two") + seen("one"));
    BOOST_TEST(exported("store").find("one") != std::string::npos);
    BOOST_TEST(exported("store") == exported("other"));
}

BOOST_FIXTURE_TEST_CASE(a_subject_chooses_records, Fixture) {
    import("store", record("example.com") + record("www.example.com") +
                        record("a.www.example.com") + record("example.net") +
                        record("examplez.com") + record("com"));
    BOOST_TEST(owners("").size() == 6);
    BOOST_TEST(owners("example.com") == Owners{"example.com."}, boost::test_tools::per_element());
    const Owners below = {"www.example.com.", "a.www.example.com."};
    BOOST_TEST(owners("*.example.com") == below, boost::test_tools::per_element());
    BOOST_TEST(owners("*.").size() == 6);
    BOOST_TEST(owners("absent.example").empty());
}

// Runs, both witnesses with their counts, several sources: all that a record can have.
BOOST_FIXTURE_TEST_CASE(an_import_of_an_export_gives_an_equal_store, Fixture) {
    const std::string year = "31536000";
    import(
        "store",
        R"({"rrname":"z.example","rrtype":"TXT","rdata":"\"b\\\"\\\\\\255\"","time_first":5,)"
        R"("sensor_id":"s2"})"
        "\n"
        R"({"rrname":"a.example","rrtype":"A","rdata":"192.0.2.1","time_first":5,"count":7,)"
        R"("sensor_id":"s1","origin":"https://o.example/","bailiwick":"example"})"
        "\n"
        R"({"rrname":"a.example","rrtype":"A","rdata":"192.0.2.1","time_first":)" +
            year +
            R"(,"count":2,"sensor_id":"s2"})"
            "\n"
            R"({"rrname":"a.example","rrtype":"A","rdata":"192.0.2.1","zone_time_first":9,"count":3,)"
            R"("sensor_id":"s0"})"
            "\n"
            R"({"rrname":"a.example","rrtype":"A","rdata":"192.0.2.1","zone_time_first":)" +
            year +
            R"(,"count":4})"
            "\n"
            R"({"rrname":"b.example","rrtype":"TYPE65280","rdata":"\\# 2 00ff","zone_time_first":1,)"
            R"("zone_time_last":4294967295,"count":18446744073709551615})"
            "\n");
    const std::string first = exported("store");
    import("again", first);
    BOOST_TEST(exported("again") == first);
    // Likewise as a stream.
    const auto [stream, end] = streamed("store");
    BOOST_TEST((end == Written::all));
    BOOST_TEST(stream.starts_with("{\"cond\":\"begin\"}\n{\"obj\":{\"count\":9,"));
    BOOST_TEST(stream.ends_with("}}\n{\"cond\":\"succeeded\"}\n"));
    import("of_stream", stream);
    BOOST_TEST(exported("of_stream") == first);
    BOOST_TEST(first.find("\"runs\":[[5,5],[31536000,31536000]]") != std::string::npos);
    BOOST_TEST(first.find("\"zone_runs\":[[9,9],[31536000,31536000]]") != std::string::npos);
    BOOST_TEST(first.find("\"count\":18446744073709551615") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(who_stops_reading_is_no_error, Fixture) {
    import("store", record("example.com"));
    int ends[2];
    BOOST_REQUIRE(pipe(ends) == 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    std::FILE* const file = fdopen(ends[1], "w");
    History history(directory.path() / "store");
    BOOST_TEST((export_cof(history, {}, file).written == Written::no_reader));
    std::fclose(file);

    std::FILE* const full = std::fopen("/dev/full", "w");
    BOOST_CHECK_THROW(export_cof(history, {}, full), std::system_error);
    std::fclose(full);
}

BOOST_FIXTURE_TEST_CASE(a_stream_that_was_stopped_is_limited, Fixture) {
    import("store", record("example.com"));
    int ends[2];
    BOOST_REQUIRE(pipe(ends) == 0);
    BOOST_REQUIRE(write(ends[1], "", 1) == 1);
    const auto [stream, end] = streamed("store", ends[0]);
    BOOST_TEST((end == Written::stopped));
    BOOST_TEST(stream ==
               "{\"cond\":\"begin\"}\n"
               "{\"cond\":\"limited\",\"msg\":\"the export was stopped before its end\"}\n");
    close(ends[0]);
    close(ends[1]);
}

BOOST_FIXTURE_TEST_CASE(a_stream_of_a_damaged_store_failed, Fixture) {
    // Octets that no symbol stands for, and so lie in the block as they are.
    import("store", record("\\\\200\\\\201\\\\202\\\\203\\\\204\\\\205.example"));
    const std::string_view label = "\310\311\312\313\314\315";
    const auto path = directory.path() / "store" / "data.mdb";
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    std::string octets = content.str();
    std::size_t changed = 0;
    for (std::size_t at = octets.find(label); at != std::string::npos;
         at = octets.find(label, at)) {
        octets[at] = 'x';
        ++changed;
    }
    BOOST_REQUIRE(changed > 0);
    std::ofstream(path, std::ios::binary) << octets;
    const auto [stream, end] = streamed("store");
    BOOST_TEST((end == Written::all));
    BOOST_TEST(stream ==
               "{\"cond\":\"begin\"}\n{\"cond\":\"failed\",\"msg\":"
               "\"damaged parts of the store were left out\"}\n");
}

BOOST_AUTO_TEST_SUITE_END()
