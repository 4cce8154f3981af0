// The public suffixes below a top-level domain.
#include "storage/suffix/suffix_list.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "storage/suffix/public_suffix.hpp"

BOOST_AUTO_TEST_SUITE(suffix_list_test)

using namespace dnshist;

namespace {

std::set<std::string> suffixes_below(std::string_view top) {
    std::set<std::string> names;
    for_each_suffix_below(as_octets(top), [&](const Name& name) {
        BOOST_TEST(is_public_suffix(name.wire()), name.text());
        BOOST_TEST(is_suffix_below_top(name.labels()), name.text());
        names.insert(name.text());
    });
    return names;
}

bool is_one(const std::string& text) {
    return is_suffix_below_top(Name::from_text(text).value().labels());
}

}  // namespace

BOOST_AUTO_TEST_CASE(those_of_registries_and_of_providers) {
    const auto japan = suffixes_below("jp");
    BOOST_TEST(japan.size() > 1000U);
    for (const char* const name : {"co.jp.", "tokyo.jp.", "chiyoda.tokyo.jp."})
        BOOST_TEST(japan.contains(name), name);
    BOOST_TEST(suffixes_below("io").contains("github.io."));
    BOOST_TEST(suffixes_below("us").contains("k12.ca.us."));
    BOOST_TEST(suffixes_below("cn").contains("xn--55qx5d.cn."));
    BOOST_TEST(suffixes_below("not-a-tld-at-all").empty());
}

BOOST_AUTO_TEST_CASE(neither_top_level_domains_nor_what_rules_with_wildcards_name) {
    for (const char* const name : {"jp.", "example.jp.", "ck.", "www.ck.", "any.ck.", "."})
        BOOST_TEST(!is_one(name), name);
    BOOST_TEST(is_one("co.uk."));
    BOOST_TEST(suffixes_below("j").empty());
}

BOOST_AUTO_TEST_SUITE_END()
