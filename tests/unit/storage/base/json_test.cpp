#include "storage/base/json.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>

namespace dnshist {

BOOST_AUTO_TEST_SUITE(json_test)

namespace {

std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace

// Eight octets are looked at in one step: any octet, at any place of one.
BOOST_AUTO_TEST_CASE(each_octet_is_escaped_wherever_it_stands) {
    for (unsigned octet = 0; octet < 256; ++octet) {
        const auto c = static_cast<char>(octet);
        std::string wanted(1, c);
        if (c == '"' || c == '\\') {
            wanted = std::string("\\") + c;
        } else if (c == '\n') {
            wanted = "\\n";
        } else if (c == '\t') {
            wanted = "\\t";
        } else if (octet < 0x20 || octet >= 0x7f) {
            constexpr std::string_view digits = "0123456789abcdef";
            wanted = std::string("\\u00") + digits[octet >> 4] + digits[octet & 15];
        }
        for (std::size_t before = 0; before < 18; ++before) {
            for (const std::size_t after : {0U, 1U, 9U}) {
                const std::string left(before, 'a');
                const std::string right(after, '~');
                BOOST_TEST(quoted(left + c + right) == '"' + left + wanted + right + '"',
                           "octet " << octet << " at " << before);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(characters_of_utf8_stay) {
    BOOST_TEST(quoted("") == "\"\"");
    BOOST_TEST(quoted("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa6!") ==
               "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa6!\"");
    BOOST_TEST(quoted("abcdefg\xc3\xbc\"\xc3") == "\"abcdefg\xc3\xbc\\\"\\u00c3\"");
}

BOOST_AUTO_TEST_CASE(an_object_has_its_members_in_order) {
    std::string out = "before ";
    JsonObject object(out);
    const std::string longest(JsonObject::most_name, 'n');
    object.number(longest, std::numeric_limits<std::uint64_t>::max());
    object.string("a", "b\"");
    object.string_unless_empty("empty", "");
    object.number("zero", 0);
    object.member("list") += "[]";
    object.close();
    BOOST_TEST(out ==
               "before {\"" + longest + R"(":18446744073709551615,"a":"b\"","zero":0,"list":[]})");
    std::string empty;
    JsonObject(empty).close();
    BOOST_TEST(empty == "{}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist
