// An import with other options takes what the earlier ones left out, and nothing twice.
#include "zonegen/import/earlier_import.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "tests/unit/zonegen/import/import_fixture.hpp"

BOOST_AUTO_TEST_SUITE(earlier_import_test)

using namespace dnshist;
using namespace dnshist::zonegen;

BOOST_FIXTURE_TEST_CASE(an_option_that_was_missing_can_be_given, Fixture) {
    const std::string zone = file("zone",
                                  "@ IN SOA ns.example.com. hm.example.com. 7 900 600 86400 3600\n"
                                  "@ NS ns.example.com.\n"
                                  "ns.example.com. A 192.0.2.53\n"
                                  "www A 192.0.2.80\n");
    options.reader.when = Seconds{1000};
    for (int i = 0; i < 2; ++i) {
        // The same failure again, and not "already imported".
        BOOST_TEST(!import(zone));
        BOOST_TEST(counts().empty());
    }
    options.reader.origin = Name::from_text("example.com").value();
    for (const std::uint64_t taken : {4U, 0U}) {
        BOOST_TEST(import(zone));
        BOOST_TEST(summary.observations == taken);
        BOOST_TEST((counts() ==
                    ByOwner{{"example.com.", 2}, {"ns.example.com.", 1}, {"www.example.com.", 1}}));
    }
}

BOOST_FIXTURE_TEST_CASE(a_format_that_was_wrong_can_be_given, Fixture) {
    const std::string log = file("log", zeek_header + zeek_row("a"));
    options.format = FeedFormat::passivedns;
    BOOST_TEST(!import(log));
    options.format = FeedFormat::zeek;
    BOOST_TEST(import(log));
    options.format.reset();
    BOOST_TEST(import(log));
    BOOST_TEST(summary.observations == 0);
    BOOST_TEST((counts() == ByOwner{{"a.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(what_rules_left_out_can_be_taken_later, Fixture) {
    std::string content;
    // Equal observations are as many as they are.
    for (const char* const owner : {"a.x", "b.x", "b.x", "c.x", "a.x", "d.y"})
        content += record(owner, 2) + "\n";
    const std::string feed = file("feed", content);
    options.batch = 2;
    const auto import_with = [&](const std::vector<std::string>& include) {
        options.filter = make_record_filter(include, {}).value();
        BOOST_TEST(import(feed));
        return summary.observations;
    };
    BOOST_TEST(import_with({"b.x"}) == 2);
    BOOST_TEST(import_with({"b.x", "a.x"}) == 2);
    BOOST_TEST(import_with({"c.x", "a.x"}) == 1);
    BOOST_TEST(import_with({"a.x", "c.x"}) == 0);
    BOOST_TEST(import_with({}) == 1);
    BOOST_TEST(import_with({}) == 0);
    const ByOwner all{{"a.x.", 4}, {"b.x.", 4}, {"c.x.", 2}, {"d.y.", 2}};
    BOOST_TEST((counts() == all));

    // Items after the end of the earlier imports are new.
    std::ofstream(feed, std::ios::app) << record("b.x") << "\n" << record("d.y") << "\n";
    BOOST_TEST(import_with({"b.x"}) == 1);
    BOOST_TEST(import_with({}) == 1);
    BOOST_TEST(import_with({"d.y"}) == 0);
    BOOST_TEST((counts() == ByOwner{{"a.x.", 4}, {"b.x.", 5}, {"c.x.", 2}, {"d.y.", 3}}));
}

BOOST_FIXTURE_TEST_CASE(what_was_not_believed_can_be_believed_later, Fixture) {
    const std::string log =
        file("log",
             "#separator \\x09\n#fields\tts\tquery\tqclass\tqtype\tRD\tRA\tanswers\n"
             "1\ta.example\t1\t1\tF\tF\tb.example.net,192.0.2.1\n"
             "1\tc.example\t1\t1\tF\tF\t192.0.2.1\n");
    BOOST_TEST(import(log));
    BOOST_TEST(summary.observations == 2);
    options.reader.trust = Trust::everything;
    BOOST_TEST(import(log));
    BOOST_TEST(summary.observations == 1);
    options.reader.trust = Trust::bailiwick;
    BOOST_TEST(import(log));
    BOOST_TEST(summary.observations == 0);
    BOOST_TEST((counts() == ByOwner{{"a.example.", 1}, {"b.example.net.", 1}, {"c.example.", 1}}));
}

// A feed that is not whole is not called so by the second import either.
BOOST_FIXTURE_TEST_CASE(what_is_cut_short_stays_so, Fixture) {
    const std::string feed = file("cut", "{\"cond\":\"begin\"}\n{\"obj\":" + record("a") + "}\n");
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(!import(feed));
    std::ofstream(feed, std::ios::app) << "{\"cond\":\"succeeded\"}\n";
    BOOST_TEST(import(feed));
    BOOST_TEST((counts() == ByOwner{{"a.", 1}}));
}

BOOST_AUTO_TEST_SUITE_END()
