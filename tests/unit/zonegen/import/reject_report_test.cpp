#include "zonegen/import/reject_report.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_directory.hpp"
#include "zonegen/import/summary.hpp"

BOOST_AUTO_TEST_SUITE(reject_report_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

std::string content(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

}  // namespace

BOOST_AUTO_TEST_CASE(are_counted_by_reason) {
    Terminal terminal;
    RejectReport rejects(terminal, std::nullopt);
    for (int i = 0; i < 5; ++i)
        rejects.add("feed", 1, "{}", {.reason = Reason::no_name, .detail = {}});
    rejects.add("feed", 2, "{", {.reason = Reason::not_json, .detail = {}});
    BOOST_TEST(rejects.total() == 6);
    BOOST_TEST(rejects.count(Reason::no_name) == 5);
    BOOST_TEST(rejects.count(Reason::not_json) == 1);
    BOOST_TEST(rejects.count(Reason::bad_time) == 0);
    BOOST_TEST(summary_text({{.observations = 10, .new_records = 7, .merged_records = 2}, 0, 0.5},
                            rejects) ==
               "10 observations in 0.5 s (20/s): 7 new records, 2 merged, 6 rejected\n"
               "         1 not JSON\n"
               "         5 no rrname");
}

BOOST_AUTO_TEST_CASE(are_kept_in_a_form_that_can_be_mended_and_imported) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "rejects";
    Terminal terminal;
    {
        RejectReport rejects(terminal, path);
        rejects.add("feed", 7, "{\n}", {.reason = Reason::no_name, .detail = {}});
        rejects.flush();
        BOOST_TEST(content(path) == "# dnshist-rejects cof\n# feed:7: no rrname\n{ }\n");
    }
    RejectReport rejects(terminal, path);
    rejects.add("feed", 8, "{\"a\":1}",
                {.reason = Reason::bad_rdata, .detail = "not text", .partial = true});
    rejects.flush();
    BOOST_TEST(content(path) ==
               "# dnshist-rejects cof\n# feed:7: no rrname\n{ }\n"
               "# feed:8: bad rdata: not text\n# {\"a\":1}\n");
}

// The context that items need is in the file wherever it changes.
BOOST_AUTO_TEST_CASE(have_their_context) {
    const test::TemporaryDirectory directory;
    Terminal terminal;
    RejectReport rejects(terminal, directory.path() / "rejects");
    BOOST_REQUIRE(rejects.begin(FeedFormat::zone));
    Reject reject{.reason = Reason::bad_rdata, .detail = {}};
    reject.context = "$ORIGIN a.\n";
    rejects.add("a.zone", 1, "x A 1", reject);
    rejects.add("a.zone", 2, "y A 1", reject);
    reject.context = "$ORIGIN b.\n";
    rejects.add("b.zone", 1, "x A 1", reject);
    rejects.flush();
    BOOST_TEST(content(directory.path() / "rejects") ==
               "; dnshist-rejects zone\n"
               "; a.zone:1: bad rdata\n$ORIGIN a.\nx A 1\n; a.zone:2: bad rdata\ny A 1\n"
               "; b.zone:1: bad rdata\n$ORIGIN b.\nx A 1\n");
}

BOOST_AUTO_TEST_CASE(have_no_character_that_a_terminal_obeys) {
    const test::TemporaryDirectory directory;
    Terminal terminal;
    const auto written = [&](FeedFormat format, std::string_view item) {
        const auto path = directory.path() / std::string(traits_of(format).name);
        RejectReport rejects(terminal, path);
        BOOST_REQUIRE(rejects.begin(format));
        rejects.add("feed", 1, item, {.reason = Reason::bad_line, .detail = "\x1b[2J"});
        rejects.flush();
        return content(path);
    };
    const std::string remark = "feed:1: not in the form of its format: \\027[2J\n";
    BOOST_TEST(written(FeedFormat::cof, "{\"a\":\"\x1b\xe2\x80\xae\"}") ==
               "# dnshist-rejects cof\n# " + remark + "{\"a\":\"\\u001b\\u202e\"}\n");
    BOOST_TEST(written(FeedFormat::zeek, "1\t\x1b") ==
               "# dnshist-rejects zeek\n# " + remark + "1\t\\x1b\n");
    BOOST_TEST(written(FeedFormat::zone, "a TXT \"\x1b\"") ==
               "; dnshist-rejects zone\n; " + remark + "a TXT \"\\027\"\n");
}

BOOST_AUTO_TEST_CASE(of_two_formats_do_not_mix) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "rejects";
    Terminal terminal;
    {
        RejectReport rejects(terminal, path);
        BOOST_TEST(rejects.begin(FeedFormat::cof).has_value());
        BOOST_TEST(rejects.begin(FeedFormat::zone).has_value());  // there is none yet
        rejects.add("feed", 1, "x", {.reason = Reason::bad_line, .detail = {}});
        BOOST_TEST(!rejects.begin(FeedFormat::cof).has_value());
    }
    RejectReport rejects(terminal, path);
    BOOST_TEST(rejects.begin(FeedFormat::zone).has_value());
    BOOST_TEST(rejects.begin(FeedFormat::pcap).has_value());  // remarks alone
    BOOST_TEST(!rejects.begin(FeedFormat::cof).has_value());
    std::ofstream(directory.path() / "other") << "a file of somebody\n";
    RejectReport other(terminal, directory.path() / "other");
    BOOST_TEST(!other.begin(FeedFormat::cof).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_an_error) {
    Terminal terminal;
    BOOST_CHECK_THROW(RejectReport(terminal, "/nonexistent/rejects"), std::system_error);
    RejectReport full(terminal, "/dev/full");
    BOOST_CHECK_THROW(
        {
            full.add("feed", 1, "{}", {.reason = Reason::no_name, .detail = {}});
            full.flush();
        },
        std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
