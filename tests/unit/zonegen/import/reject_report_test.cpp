#include "zonegen/import/reject_report.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_directory.hpp"
#include "zonegen/import/summary.hpp"

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
    BOOST_TEST(
        summary_text({.observations = 10, .new_records = 7, .merged_records = 2, .seconds = 0.5},
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
        BOOST_TEST(content(path) == "# feed:7: no rrname\n{ }\n");
    }
    RejectReport rejects(terminal, path);
    rejects.add("feed", 8, "{\"a\":1}",
                {.reason = Reason::bad_rdata, .detail = "not text", .partial = true});
    rejects.flush();
    BOOST_TEST(content(path) ==
               "# feed:7: no rrname\n{ }\n# feed:8: bad rdata: not text\n# {\"a\":1}\n");
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
