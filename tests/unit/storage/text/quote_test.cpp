#include "storage/text/quote.hpp"

#include <boost/test/unit_test.hpp>

using namespace dnshist;

BOOST_AUTO_TEST_CASE(what_is_not_printable_is_escaped) {
    BOOST_TEST(quote("") == "''");
    BOOST_TEST(quote("a'b\r\x80") == "'a'b\\013\\128'");
}

BOOST_AUTO_TEST_CASE(what_is_long_is_cut) {
    BOOST_TEST(quote(std::string(80, 'x')) == "'" + std::string(80, 'x') + "'");
    BOOST_TEST(quote(std::string(1000, 'x')) == "'" + std::string(80, 'x') + "...'");
    BOOST_TEST(quote(std::string(1000, '\0')).size() == 1U + 80 * 4 + 3 + 1);
}

BOOST_AUTO_TEST_CASE(what_a_terminal_obeys_is_escaped) {
    BOOST_TEST(printable("") == "");
    BOOST_TEST(printable("a b'\\~") == "a b'\\~");
    // C0, DEL, C1 as UTF-8 and as a single octet.
    BOOST_TEST(printable(std::string_view("\0\x1b[2J\n\x7f", 7)) == "\\000\\027[2J\\010\\127");
    BOOST_TEST(printable("\xc2\x9b\x9b") == "\\194\\155\\155");
    // U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
    BOOST_TEST(printable("\u200e\u200f") == "\\226\\128\\142\\226\\128\\143");
    BOOST_TEST(printable("\u202a\u202e") == "\\226\\128\\170\\226\\128\\174");
    BOOST_TEST(printable("\u2066\u2069") == "\\226\\129\\166\\226\\129\\169");
    // Other letters stay.
    BOOST_TEST(printable("h\u00e1rbour \u00a0 \u2010 \u65e5\u672c \U0001f600") ==
               "h\u00e1rbour \u00a0 \u2010 \u65e5\u672c \U0001f600");
    // What is not UTF-8: cut off, overlong, a surrogate.
    BOOST_TEST(printable("\xe2\x80") == "\\226\\128");
    BOOST_TEST(printable("\xc0\x80\xed\xa0\x80") == "\\192\\128\\237\\160\\128");
}
