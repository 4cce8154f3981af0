// Names taken apart into labels, and put together from them.
#include "storage/record/labels.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(labels_test)

using namespace dnshist;

namespace {

std::vector<std::string> labels_of(Octets octets) {
    std::vector<std::string> labels;
    for (const std::string_view label : Labels(octets))
        labels.emplace_back(label);
    return labels;
}

Name name(std::string_view text) {
    return *Name::from_text(text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_labels_of_a_name) {
    const std::vector<std::string> expected = {"www", "example", "com"};
    BOOST_TEST(labels_of(name("www.example.com.").wire()) == expected,
               boost::test_tools::per_element());
    BOOST_TEST(labels_of(name(".").wire()).empty());
    BOOST_TEST(labels_of({}).empty());
}

BOOST_AUTO_TEST_CASE(a_label_that_is_cut_short_is_none) {
    const std::vector<std::string> expected = {"a"};
    BOOST_TEST(labels_of(as_octets("\x01"
                                   "a\x03"
                                   "bc")) == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_rest_is_behind_the_labels_taken) {
    Labels labels(
        as_octets("\x01"
                  "a\x01"
                  "b"));
    BOOST_TEST(labels.next().value() == "a");
    BOOST_TEST(as_text(labels.rest()) ==
               "\x01"
               "b");
}

BOOST_AUTO_TEST_CASE(writes_dots_between_labels) {
    std::array<char, 20> room;
    TextWriter out(room);
    write_dotted(out, name("a.b.c.").wire());
    BOOST_TEST(out.text() == "a.b.c");
}

BOOST_AUTO_TEST_CASE(builds_a_name) {
    NameBuilder builder;
    BOOST_TEST(builder.add_label("on-", "2023"));
    BOOST_TEST(builder.add_label("history"));
    BOOST_TEST(
        builder.add_labels(as_octets("\x07"
                                     "example")));
    BOOST_TEST((builder.name() == name("on-2023.history.example.")));
}

BOOST_AUTO_TEST_CASE(a_label_has_1_to_63_octets) {
    BOOST_TEST(NameBuilder().add_label(std::string(63, 'a')));
    BOOST_TEST(!NameBuilder().add_label(std::string(60, 'a'), "bcde"));
    BOOST_TEST(!NameBuilder().add_label(""));
}

BOOST_AUTO_TEST_CASE(the_labels_of_a_name_have_at_most_255_octets) {
    NameBuilder builder;
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(builder.add_label(std::string(63, 'a')));
    NameBuilder longest = builder;
    BOOST_TEST(longest.add_label(std::string(61, 'a')));
    BOOST_TEST(longest.name().value().wire().size() == 255U);
    BOOST_TEST(!builder.add_label(std::string(62, 'a')));
    // Not even what would fit makes a name of it afterwards.
    BOOST_TEST(builder.add_label("a"));
    BOOST_TEST(!builder.name().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
