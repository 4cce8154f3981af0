// The beginning and the end of the items of a feed, whatever is in them.
#include "zonegen/feed/text_items.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <optional>
#include <vector>

#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(text_items_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

struct Given {
    std::string text;
    std::uint64_t line;
    TextItem::Kind kind;
    std::uint64_t position;  // behind it

    friend bool operator==(const Given&, const Given&) = default;
};

std::ostream& operator<<(std::ostream& out, const Given& given) {
    return out << '\'' << given.text.substr(0, 60) << "' line " << given.line << " kind "
               << static_cast<int>(given.kind) << " to " << given.position;
}

constexpr auto whole = TextItem::Kind::whole;
constexpr auto unfinished = TextItem::Kind::unfinished;
constexpr auto too_long = TextItem::Kind::too_long;

struct Cut {
    std::vector<Given> items;
    bool array_open = false;
};

Cut cut(const std::string& content, std::uint64_t from = 0, bool within_array = false,
        std::optional<TextLayout> layout = std::nullopt) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "feed";
    std::ofstream(path, std::ios::binary) << content;
    Feed feed(path.string());
    std::uint64_t lines = 0;
    BOOST_REQUIRE(feed.skip_to(from, lines));
    TextItems items(feed, layout.value_or(layout_of(feed.head())), lines, within_array);
    Cut result;
    TextItem item;
    while (items.next(item)) {
        Given given{std::string(item.text), item.line, item.kind, 0};
        items.take();
        given.position = feed.position();
        result.items.push_back(std::move(given));
    }
    BOOST_TEST((feed.state() == Feed::State::ended));
    BOOST_TEST(feed.position() == content.size());
    result.array_open = items.array_open();
    return result;
}

void check(const std::string& content, const std::vector<Given>& expected) {
    const Cut result = cut(content);
    BOOST_TEST(result.items == expected, boost::test_tools::per_element());
    BOOST_TEST(!result.array_open);
}

void check(TextLayout layout, const std::string& content, const std::vector<Given>& expected) {
    BOOST_TEST(cut(content, 0, false, layout).items == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_csv_record_may_have_ends_of_line_within_quotes) {
    check(TextLayout::csv, "a,\"b\nc\"\r\n\"\"\"\n\",\n\nlast,\"x\ny\"",
          {{"a,\"b\nc\"", 1, whole, 9},
           {"\"\"\"\n\",", 3, whole, 16},
           {"", 5, whole, 17},
           {"last,\"x\ny\"", 6, unfinished, 27}});
}

BOOST_AUTO_TEST_CASE(a_quote_that_is_not_closed_costs_its_line_alone) {
    check(TextLayout::csv, "a,\"b\nc,\"d\"\n", {{"a,\"b", 1, whole, 5}, {"c,\"d\"", 2, whole, 11}});
    // One within a field is none.
    check(TextLayout::csv, "a,b\"\nc\n", {{"a,b\"", 1, whole, 5}, {"c", 2, whole, 7}});
    // Nor is one in a remark.
    check(TextLayout::csv, "# \"\na\n", {{"# \"", 1, whole, 4}, {"a", 2, whole, 6}});
}

BOOST_AUTO_TEST_CASE(a_response_of_WHOIS_goes_to_the_next_one) {
    check(TextLayout::responses, "% x\n Domain Name: a\nB: c\n\ndomain name: d\nE: f",
          {{"% x\n Domain Name: a\nB: c\n\n", 1, whole, 26},
           {"domain name: d\nE: f", 5, unfinished, 45}});
}

BOOST_AUTO_TEST_CASE(layout_is_seen_in_the_first_octets) {
    BOOST_TEST((layout_of("") == TextLayout::lines));
    BOOST_TEST((layout_of("{\"a\":1}\n") == TextLayout::lines));
    BOOST_TEST((layout_of("\n\n {\"a\":1}") == TextLayout::lines));
    BOOST_TEST((layout_of("garbage [") == TextLayout::lines));
    BOOST_TEST((layout_of(" \n[{\"a\":1}]") == TextLayout::values));
    BOOST_TEST((layout_of("\xef\xbb\xbf[") == TextLayout::values));
    BOOST_TEST((layout_of("{ \r\n  \"a\": 1\n}") == TextLayout::values));
}

BOOST_AUTO_TEST_CASE(lines_end_with_lf_or_crlf) {
    check("one\ntwo\r\n\nfour\n",
          {{"one", 1, whole, 4}, {"two", 2, whole, 9}, {"", 3, whole, 10}, {"four", 4, whole, 15}});
}

BOOST_AUTO_TEST_CASE(a_last_line_without_its_end_is_unfinished) {
    check("one\ntwo", {{"one", 1, whole, 4}, {"two", 2, unfinished, 7}});
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_passed_over) {
    check("\xef\xbb\xbfone\n", {{"one", 1, whole, 7}});
    check("\xef\xbb\xbf[{}]", {{"{}", 1, whole, 6}});
}

BOOST_AUTO_TEST_CASE(a_line_may_have_a_mebibyte_and_no_more) {
    const std::string longest(Feed::max_item_octets, 'x');
    check(longest + "\nnext\n",
          {{longest, 1, whole, longest.size() + 1}, {"next", 2, whole, longest.size() + 6}});
    const std::string longer(Feed::max_item_octets * 5 + 1, 'y');
    check(longer + "\nnext\n", {{std::string(256, 'y'), 1, too_long, longer.size() + 1},
                                {"next", 2, whole, longer.size() + 6}});
    check(longer, {{std::string(256, 'y'), 1, too_long, longer.size()}});
}

BOOST_AUTO_TEST_CASE(an_array_is_cut_into_its_objects) {
    check("[{\"a\":1},{\"b\":[1,{}]}]",
          {{"{\"a\":1}", 1, whole, 8}, {"{\"b\":[1,{}]}", 1, whole, 21}});
    check("[\n  {\n    \"a\": 1\n  },\n  {}\n]\n",
          {{"{\n    \"a\": 1\n  }", 2, whole, 20}, {"{}", 5, whole, 26}});
    check("[]", {});
    check("[{}]\n[{}]", {{"{}", 1, whole, 3}, {"{}", 2, whole, 8}});
}

BOOST_AUTO_TEST_CASE(objects_over_many_lines_need_no_array) {
    check("{\n\"a\":1\n}\n{\n}\n", {{"{\n\"a\":1\n}", 1, whole, 9}, {"{\n}", 4, whole, 13}});
}

BOOST_AUTO_TEST_CASE(brackets_within_strings_are_text) {
    check(R"([{"a":"]}{["},{"b":"\"}\\"},{"\\":"}"}])", {{R"({"a":"]}{["})", 1, whole, 13},
                                                         {R"({"b":"\"}\\"})", 1, whole, 27},
                                                         {R"({"\\":"}"})", 1, whole, 38}});
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_given_to_be_rejected) {
    check("[1, \"a,b\", null,{}]", {{"1", 1, whole, 2},
                                    {"\"a,b\"", 1, whole, 9},
                                    {"null", 1, whole, 15},
                                    {"{}", 1, whole, 18}});
}

// JSON has no line end within a string, so this is where a quote is missing.
BOOST_AUTO_TEST_CASE(a_broken_string_costs_its_object_alone) {
    check("[\n{\"a\":\"x},\n\"b\": 2},\n{\"c\":3}\n]",
          {{"{\"a\":\"x},", 2, whole, 11}, {"{\"c\":3}", 4, whole, 28}});
}

BOOST_AUTO_TEST_CASE(an_object_without_its_end_costs_a_mebibyte_at_most) {
    std::string content = "[\n{\"open\": {\n";
    while (content.size() <= Feed::max_item_octets)
        content += "{\"a\":1},\n";
    content += "{\"b\":2},\n{\"c\":3}\n]";
    const Cut result = cut(content);
    BOOST_REQUIRE(result.items.size() >= 2);
    BOOST_TEST((result.items.front().kind == too_long));
    BOOST_TEST(result.items.front().line == 2);
    BOOST_TEST(result.items.back().text == "{\"c\":3}");
}

BOOST_AUTO_TEST_CASE(an_array_that_is_cut_short_is_open) {
    const Cut between = cut("[{\"a\":1},");
    BOOST_TEST(between.items.size() == 1);
    BOOST_TEST(between.array_open);
    const Cut within = cut("[{\"a\":1},{\"b\"");
    BOOST_REQUIRE(within.items.size() == 2);
    BOOST_TEST((within.items[1].kind == unfinished));
    BOOST_TEST(within.array_open);
}

// From every position that an import can have ended at, the same items follow.
BOOST_AUTO_TEST_CASE(goes_on_behind_any_element) {
    for (const std::string content :
         {"[\n{\"a\":1},\n{\"b\":2} ,{\"c\":3}\n]\n", "{\"a\":1}\n{\"b\":2}\r\n\n{\"c\":3}\n"}) {
        const bool array = content[0] == '[';
        const Cut all = cut(content);
        for (std::size_t i = 0; i < all.items.size(); ++i) {
            const Cut rest = cut(content, all.items[i].position, array);
            const std::vector<Given> expected(all.items.begin() + static_cast<long>(i) + 1,
                                              all.items.end());
            BOOST_TEST(rest.items == expected, boost::test_tools::per_element());
            BOOST_TEST(!rest.array_open);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
