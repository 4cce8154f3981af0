// The beginning and the end of the entries of a master file, and what a slip of the pen costs.
#include "zonegen/masterfile/zone_entries.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <vector>

#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(zone_entries_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

struct Given {
    std::string joined;  // its text, of a broken one
    std::uint64_t line;
    ZoneEntry::Kind kind = ZoneEntry::Kind::whole;

    friend bool operator==(const Given&, const Given&) = default;
};

std::ostream& operator<<(std::ostream& out, const Given& given) {
    return out << '\'' << given.joined.substr(0, 60) << "' line " << given.line << " kind "
               << static_cast<int>(given.kind);
}

using Kind = ZoneEntry::Kind;

std::vector<Given> cut(const std::string& content) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "feed";
    std::ofstream(path, std::ios::binary) << content;
    Feed feed(path.string());
    ZoneEntries entries(feed);
    std::vector<Given> all;
    ZoneEntry entry;
    while (entries.next(entry)) {
        const bool whole = entry.kind == Kind::whole;
        all.push_back({std::string(whole ? entry.joined : entry.text), entry.line, entry.kind});
    }
    BOOST_TEST(feed.position() == content.size());
    return all;
}

void check(const std::string& content, const std::vector<Given>& expected) {
    BOOST_TEST(cut(content) == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_line_is_an_entry_without_its_comment) {
    check("a A 1 ; one\n\n b\r\n;\nc", {{"a A 1 ", 1}, {"", 2}, {" b\r", 3}, {"", 4}, {"c", 5}});
    check(
        "\xef\xbb\xbf"
        "a\n",
        {{"a", 1}});
    check("", {});
}

BOOST_AUTO_TEST_CASE(parentheses_join_lines) {
    check("a ( ; (\n 1 ; )\n2) 3\nb\n", {{"a     1  2  3", 1}, {"b", 4}});
    check("(\n)a(\n)\n", {{"   a   ", 1}});
}

BOOST_AUTO_TEST_CASE(quotes_and_escapes_hide_what_means_something) {
    check("a \"(;\" \\; \\( \\\" b\n", {{"a \"(;\" \\; \\( \\\" b", 1}});
    check("a \"\\\";\" b\n", {{"a \"\\\";\" b", 1}});
    check("a \\\nb\n", {{"a \\", 1}, {"b", 2}});
    check("a ; \\\nb ; \"\nc\n", {{"a ", 1}, {"b ", 2}, {"c", 3}});
}

BOOST_AUTO_TEST_CASE(what_is_not_closed_costs_its_first_line) {
    check("a \"x\nb\n", {{"a \"x", 1, Kind::open_quote}, {"b", 2}});
    check("a ( 1\n\"x\nb\n",
          {{"a ( 1", 1, Kind::open_parenthesis}, {"\"x", 2, Kind::open_quote}, {"b", 3}});
    check("a ( 1\n 2\nb ( 3 )\nc\n",
          {{"a ( 1", 1, Kind::open_parenthesis}, {" 2", 2}, {"b   3  ", 3}, {"c", 4}});
    check("a ( 1\n 2", {{"a ( 1", 1, Kind::open_parenthesis}, {" 2", 2}});
    check("a )\nb\n", {{"a )", 1, Kind::no_parenthesis}, {"b", 2}});
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_not_kept) {
    const std::string line(Feed::max_item_octets + 1, 'x');
    const std::vector<Given> cut_off = cut(line + "\nb\n");
    BOOST_REQUIRE(cut_off.size() == 2U);
    BOOST_TEST((cut_off[0].kind == Kind::too_long));
    BOOST_TEST((cut_off[1] == Given{"b", 2}));

    // Many lines that are joined are too long, none of them is.
    std::string lines = "a (\n";
    for (int i = 0; i < 3000; ++i)
        lines += std::string(999, 'y') + '\n';
    const std::vector<Given> all = cut(lines + ")\nb\n");
    BOOST_REQUIRE(all.size() == 3003U);
    BOOST_TEST((all[0] == Given{"a (", 1, Kind::open_parenthesis}));
    BOOST_TEST((all[3000] == Given{std::string(999, 'y'), 3001}));
    BOOST_TEST((all[3001] == Given{")", 3002, Kind::no_parenthesis}));
    BOOST_TEST((all[3002] == Given{"b", 3003}));
}

BOOST_AUTO_TEST_SUITE_END()
