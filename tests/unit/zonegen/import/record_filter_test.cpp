// Which records of a feed are kept.
#include "zonegen/import/record_filter.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "storage/record/name.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(record_filter_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

struct Fixture {
    RecordFilter filter;

    void include(const std::string& rule) {
        BOOST_REQUIRE(filter.add(RecordFilter::Verdict::include, rule).has_value());
    }
    void exclude(const std::string& rule) {
        BOOST_REQUIRE(filter.add(RecordFilter::Verdict::exclude, rule).has_value());
    }
    bool keeps(const std::string& owner, Rrtype type = Rrtype::A) const {
        return filter.keeps(Name::from_text(owner).value().wire(), type);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(without_rules_everything_is_kept, Fixture) {
    BOOST_TEST(filter.empty());
    BOOST_TEST(keeps("."));
    BOOST_TEST(keeps("www.example.com."));
}

BOOST_FIXTURE_TEST_CASE(a_name_is_excluded_with_all_below_it, Fixture) {
    exclude("Example.com");
    BOOST_TEST(!keeps("example.com."));
    BOOST_TEST(!keeps("www.example.com."));
    BOOST_TEST(keeps("badexample.com."));
    BOOST_TEST(keeps("com."));
    const std::string upper = "\3WWW\7EXAMPLE\3COM";
    BOOST_TEST(!filter.keeps(Octets(as_octets(std::string_view(upper.c_str(), upper.size() + 1))),
                             Rrtype::A));
}

BOOST_FIXTURE_TEST_CASE(a_star_leaves_the_name_itself, Fixture) {
    exclude("*.example.com");
    BOOST_TEST(keeps("example.com."));
    BOOST_TEST(!keeps("a.example.com."));
    BOOST_TEST(!keeps("b.a.example.com."));
}

BOOST_FIXTURE_TEST_CASE(types_are_chosen_alone, Fixture) {
    exclude("NSEC3 .");
    exclude("txt  example.com");
    BOOST_TEST(!keeps("x.org.", Rrtype::NSEC3));
    BOOST_TEST(keeps("x.org.", Rrtype::TXT));
    BOOST_TEST(!keeps("x.example.com.", Rrtype::TXT));
    BOOST_TEST(!keeps("x.example.com.", Rrtype::NSEC3));
    BOOST_TEST(keeps("x.example.com."));
}

BOOST_FIXTURE_TEST_CASE(where_something_is_included_the_rest_is_not, Fixture) {
    include("example.com");
    BOOST_TEST(keeps("www.example.com."));
    BOOST_TEST(!keeps("www.example.net."));
    exclude("tracker.example.com");
    BOOST_TEST(!keeps("x.tracker.example.com."));
    include("good.tracker.example.com");
    BOOST_TEST(keeps("good.tracker.example.com."));
}

BOOST_FIXTURE_TEST_CASE(of_one_name_the_type_decides_and_then_the_exclusion, Fixture) {
    exclude("example.com");
    include("MX example.com");
    BOOST_TEST(keeps("example.com.", Rrtype::MX));
    BOOST_TEST(!keeps("example.com.", Rrtype::A));
    exclude("MX example.com");
    BOOST_TEST(!keeps("example.com.", Rrtype::MX));
}

BOOST_FIXTURE_TEST_CASE(everything_can_be_excluded_but_something, Fixture) {
    exclude("*");
    include("example.com");
    BOOST_TEST(!keeps("example.net."));
    BOOST_TEST(keeps("example.com."));
}

BOOST_FIXTURE_TEST_CASE(rules_may_stand_in_a_file, Fixture) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "noise";
    std::ofstream(path) << "# trackers\n\n tracker.example \t# the worst\r\nNSEC3 .\n";
    exclude(path.string());
    BOOST_TEST(!keeps("a.tracker.example."));
    BOOST_TEST(!keeps("example.", Rrtype::NSEC3));
    BOOST_TEST(keeps("example."));

    std::ofstream(path) << "good.example\nbad..example\n";
    const auto wrong = filter.add(RecordFilter::Verdict::exclude, path.string());
    BOOST_REQUIRE(!wrong.has_value());
    BOOST_TEST(wrong.error().text.starts_with(path.string() + ":2: expected NAME or TYPE NAME"));
    const auto absent = filter.add(RecordFilter::Verdict::exclude, path.string() + "-not-there");
    BOOST_REQUIRE(!absent.has_value());
    BOOST_TEST(absent.error().text.find("No such file") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_rule_is_said, Fixture) {
    const auto wrong = filter.add(RecordFilter::Verdict::include, "MIX example.com");
    BOOST_REQUIRE(!wrong.has_value());
    BOOST_TEST(wrong.error().text ==
               "expected NAME or TYPE NAME, not 'MIX example.com': there is no type 'MIX'");
}

BOOST_AUTO_TEST_SUITE_END()
