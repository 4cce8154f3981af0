#include "storage/search/literal.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(literal_test)

using namespace dnshist;

using Cases = std::vector<std::pair<std::string, std::string>>;

BOOST_AUTO_TEST_CASE(the_longest_literal_of_a_glob_is_within_a_label) {
    for (const auto& [glob, literal] : Cases{{"*paypal*", "paypal"},
                                             {"www.example.com", "example"},
                                             {"*pay*paypal?pal", "paypal"},
                                             {"*ab*", ""},
                                             {"*a.b.c*", ""},
                                             {"[a-z]mail[0-9]*", "mail"},
                                             {"[]abc]xy*", ""},
                                             {"*login[!.]secure*", "secure"},
                                             {"?", ""}}) {
        BOOST_TEST(literal_of_glob(glob) == literal, glob);
    }
}

BOOST_AUTO_TEST_CASE(the_literal_of_an_expression_is_in_every_match) {
    for (const auto& [expression, literal] : Cases{{"paypal", "paypal"},
                                                   {"^pay-?pal[0-9]+$", "pay"},
                                                   {"(log|sign)in", ""},
                                                   {"(login|signin)-secure", "-secure"},
                                                   {"secure[.]example", "example"},
                                                   {"(mail)*", ""},
                                                   {"mail+s", "mail"},
                                                   {"x{2}secure{0,3}", "secur"},
                                                   {"[^]a]bcd[[:alpha:]]efghi", "efghi"},
                                                   {"a(b[)]c)defg", "defg"},
                                                   {"ab?cd", ""},
                                                   {"[0-9]{4}", ""},
                                                   {"x|secure", ""}}) {
        BOOST_TEST(literal_of_expression(expression) == literal, expression);
    }
}

BOOST_AUTO_TEST_SUITE_END()
