// Labels in the letters of the DNS: the examples of RFC 3492, section 7.1, and others.
#include "storage/text/punycode.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(punycode_test)

using namespace dnshist;

namespace {

std::string ace(std::u32string_view label) {
    std::array<char, 512> room;
    TextWriter out(room);
    write_ace(out, label);
    return std::string(out.text());
}

BOOST_AUTO_TEST_CASE(labels_of_other_characters) {
    BOOST_TEST(ace(U"b\u00fccher") == "xn--bcher-kva");
    BOOST_TEST(ace(U"m\u00fcnchen") == "xn--mnchen-3ya");
    BOOST_TEST(ace(U"\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587") ==
               "xn--ihqwcrb4cv8a8dqg056pqjye");
    BOOST_TEST(ace(U"h\u00e1rbour") == "xn--hrbour-pta");
    BOOST_TEST(ace(U"p\u0430yp\u0430l") == "xn--pypl-53dc");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    for (const std::u32string_view label :
         {U"b\u00fccher", U"\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587",
          U"p\u0430yp\u0430l", U"-\u00fc-", U"\U0010ffff"}) {
        const auto again = read_ace(ace(label));
        BOOST_TEST_REQUIRE(again.has_value());
        BOOST_TEST((*again == label));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_punycode_is_not_read) {
    for (const std::string_view label :
         {"", "bcher-kva", "xn--", "xn--bcher-", "xn--bcher-k", "xn--bcher-kv!", "xn--b\xfc-kva",
          "xn--99999999", "xn--99999999999999999999999999999999999999999999999999999999999",
          "xn--zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"})
        BOOST_TEST(!read_ace(label).has_value(), label);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
