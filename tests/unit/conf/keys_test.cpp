#include "conf/keys.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

namespace dnshist::conf {

BOOST_AUTO_TEST_SUITE(keys_test)

namespace {

std::string read_file(const std::string& name) {
    std::ifstream file(std::string(DNSHIST_SOURCE_DIR "/conf/") + name);
    BOOST_TEST_REQUIRE(file.is_open());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

// A value as mdoc(7) has it in the manual: "Qq 5m" or "[\(dqresolver\(dq]".
std::string without_mdoc(std::string text) {
    if (text.starts_with("Qq ")) return "\"" + text.substr(3) + "\"";
    for (std::size_t at = 0; (at = text.find("\\(dq")) != std::string::npos;)
        text.replace(at, 4, "\"");
    return text;
}

// "responder.ttl = "5m"" for each ".It Sy ttl No = Qq 5m" of the manual.
std::vector<std::string> manual_keys() {
    std::vector<std::string> keys;
    std::string section;
    const std::string section_mark = ".Ss Section ";
    const std::string key_mark = ".It Sy ";
    for (const std::string& line : lines_of(read_file("dnshist.toml.5"))) {
        if (line.starts_with(section_mark)) section = line.substr(section_mark.size());
        if (!line.starts_with(key_mark)) continue;
        const std::string item = line.substr(key_mark.size());
        const std::size_t equals = item.find(" No = ");
        BOOST_TEST_REQUIRE(equals != std::string::npos, line);
        keys.push_back(section + "." + item.substr(0, equals) + " = " +
                       without_mdoc(item.substr(equals + 6)));
    }
    return keys;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_commented_file_is_what_the_table_says) {
    const auto expected = lines_of(commented_defaults());
    BOOST_TEST(lines_of(read_file("dnshist.toml")) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_commented_file_changes_nothing_with_its_marks_taken_away) {
    std::string text = commented_defaults();
    for (std::size_t at = 0; (at = text.find("\n#", at)) != std::string::npos; ++at) {
        if (text[at + 2] != ' ' && text[at + 2] != '\n') text.erase(at + 1, 1);
    }
    BOOST_TEST(settings_from_text(text, "dnshist.toml").has_value());
}

BOOST_AUTO_TEST_CASE(the_manual_has_each_key_with_its_default_in_the_order_of_the_table) {
    std::vector<std::string> expected;
    for (const Key& key : keys())
        expected.push_back(std::string(key.name) + " = " + std::string(key.value));
    BOOST_TEST(manual_keys() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_key_is_in_a_section_and_stands_once) {
    std::vector<std::string_view> names;
    for (const Key& key : keys()) {
        BOOST_TEST(
            (std::ranges::find(sections(), key.section(), &Section::name) != sections().end()),
            key.name);
        names.push_back(key.name);
    }
    std::ranges::sort(names);
    BOOST_TEST((std::ranges::adjacent_find(names) == names.end()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::conf
