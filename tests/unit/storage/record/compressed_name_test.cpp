// Compressed names (RFC 1035, section 4.1.4): pointers lead backwards, and past names end nowhere
// else.
#include "storage/record/compressed_name.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

BOOST_AUTO_TEST_SUITE(compressed_name_test)

using namespace dnshist;

namespace {

constexpr std::string_view header("\0\0\0\0\0\0\0\0\0\0\0\0", 12);

// The name at offset `at` of a message with these octets behind its header, and the octets that it
// takes there.
std::optional<std::pair<std::string, std::size_t>> expand(std::string_view octets, std::size_t at) {
    const std::string message = std::string(header).append(octets);
    ExpandedName name;
    if (!expand_name(as_octets(message), at, name)) return std::nullopt;
    return std::pair(std::string(as_text(name.wire.octets())), name.sent);
}

std::pair<std::string, std::size_t> is(std::string_view wire, std::size_t sent) {
    return {std::string(wire), sent};
}

constexpr std::string_view www("\3wWw\7example\0", 13);
constexpr std::string_view example("\7example\0", 9);

std::string behind_www(std::string_view octets) {
    return std::string(www).append(octets);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_name_without_a_pointer_keeps_its_case) {
    BOOST_TEST((expand(www, 12) == is(www, 13)));
    BOOST_TEST((expand(std::string_view("\0", 1), 12) == is(std::string_view("\0", 1), 1)));
}

BOOST_AUTO_TEST_CASE(pointers_are_followed) {
    BOOST_TEST((expand(behind_www("\xc0\x0c"), 25) == is(www, 2)));
    BOOST_TEST((expand(behind_www("\1a\xc0\x10"), 25) == is("\1a" + std::string(example), 4)));
    // A pointer to a pointer.
    BOOST_TEST((expand(behind_www("\xc0\x10\xc0\x19"), 27) == is(example, 2)));
}

BOOST_AUTO_TEST_CASE(a_pointer_leads_backwards) {
    BOOST_TEST(!expand(std::string_view("\xc0\x0c", 2), 12));       // to itself
    BOOST_TEST(!expand(std::string_view("\1a\xc0\x0c", 4), 12));    // to its own label
    BOOST_TEST(!expand(std::string_view("\xc0\x0e\1a\0", 5), 12));  // forwards
    BOOST_TEST(!expand(behind_www("\xc0\x0b"), 25));                // into the header
}

BOOST_AUTO_TEST_CASE(a_name_ends_within_the_message) {
    BOOST_TEST(!expand("\3ab", 12));
    BOOST_TEST(!expand("\3abc", 12));
    BOOST_TEST(!expand("\xc0", 12));
    BOOST_TEST(!expand("", 12));
    BOOST_TEST(!expand("", 100));
}

BOOST_AUTO_TEST_CASE(a_label_of_a_compressed_name_has_at_most_63_octets) {
    BOOST_TEST(!expand(std::string("\x40") + std::string(64, 'a') + '\0', 12));
    BOOST_TEST(!expand(std::string("\x80") + std::string(128, 'a') + '\0', 12));
}

BOOST_AUTO_TEST_CASE(a_compressed_name_has_at_most_255_octets) {
    const auto labels = [](std::size_t last) {
        std::string name;
        for (int i = 0; i < 3; ++i)
            name += "\x3f" + std::string(63, 'a');
        name += static_cast<char>(last);
        return name + std::string(last, 'b') + '\0';
    };
    BOOST_TEST(expand(labels(61), 12).has_value());
    BOOST_TEST(!expand(labels(62), 12).has_value());
    // Pointers do not make it longer either.
    BOOST_TEST(!expand(labels(60) + "\1c\xc0\x0c", 12 + 254).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
