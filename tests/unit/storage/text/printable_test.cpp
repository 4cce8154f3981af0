#include "storage/text/printable.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(printable_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(text_of_any_language_stays) {
    BOOST_TEST(printable("") == "");
    BOOST_TEST(printable("/var/log/dns \\ 'x'") == "/var/log/dns \\ 'x'");
    BOOST_TEST(printable("B\xc3\xbc"
                         "cher \xe5\xad\x90 \xf0\x9f\x8c\x8d") ==
               "B\xc3\xbc"
               "cher \xe5\xad\x90 \xf0\x9f\x8c\x8d");
}

BOOST_AUTO_TEST_CASE(control_characters_become_escapes) {
    BOOST_TEST(printable("\x1b[2J\r\n\t\x7f") == "\\027[2J\\013\\010\\009\\127");
    BOOST_TEST(printable(std::string_view("\0", 1)) == "\\000");
    // C1: U+0080 and U+009F, but not U+00A0.
    BOOST_TEST(printable("\xc2\x80\xc2\x9f\xc2\xa0") == "\\194\\128\\194\\159\xc2\xa0");
}

BOOST_AUTO_TEST_CASE(what_turns_the_direction_of_text_becomes_an_escape) {
    for (const std::string_view mark :
         {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xaa",
          "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9"}) {
        BOOST_TEST(printable(mark).find(mark) == std::string::npos);
    }
    BOOST_TEST(printable("a\xe2\x80\xae"
                         "b") == "a\\226\\128\\174b");
    // Their neighbours: U+200D, U+2010, U+202F, U+2065, U+206A.
    for (const std::string_view other :
         {"\xe2\x80\x8d", "\xe2\x80\x90", "\xe2\x80\xaf", "\xe2\x81\xa5", "\xe2\x81\xaa"}) {
        BOOST_TEST(printable(other) == other);
    }
}

BOOST_AUTO_TEST_CASE(octets_that_are_no_utf8_become_escapes) {
    // An octet of Latin-1, which old terminals take for a control character; a surrogate; a
    // character that is cut.
    BOOST_TEST(printable("\x9b"
                         "31m") == "\\15531m");
    BOOST_TEST(printable("\xed\xa0\x80") == "\\237\\160\\128");
    BOOST_TEST(printable("a\xe2\x80") == "a\\226\\128");
}

BOOST_AUTO_TEST_CASE(the_escapes_are_those_of_the_format) {
    const std::string_view text = "\x1b\t\xe2\x80\xae\xc2\x9b\x9b";
    BOOST_TEST(printable(text, Escape::hex, "\t") == "\\x1b\t\\xe2\\x80\\xae\\xc2\\x9b\\x9b");
    BOOST_TEST(printable(text, Escape::json, "\t") == "\\u001b\t\\u202e\\u009b\\u009b");
}

BOOST_AUTO_TEST_SUITE_END()
