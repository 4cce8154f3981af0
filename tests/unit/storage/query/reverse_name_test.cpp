// Names of the reverse zones, as addresses and prefixes.
#include "storage/query/reverse_name.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(reverse_name_test)

using namespace dnshist;

namespace {

std::string forward(const std::string& text) {
    const auto prefix = prefix_of_reverse_name(Name::from_text(text).value().labels());
    if (!prefix) return "none";
    std::string out;
    for (const std::uint8_t octet : prefix->address())
        out += std::to_string(octet) + '.';
    return out + '/' + std::to_string(prefix->length);
}

BOOST_AUTO_TEST_CASE(a_whole_reverse_name_is_an_address) {
    BOOST_TEST(forward("1.2.0.192.in-addr.arpa") == "192.0.2.1./32");
    const auto prefix =
        prefix_of_reverse_name(Name::from_text("1.2.0.192.in-addr.arpa").value().labels());
    BOOST_TEST(prefix->is_address);
    BOOST_TEST(reverse_name(*prefix).text() == "1.2.0.192.in-addr.arpa.");
}

BOOST_AUTO_TEST_CASE(fewer_labels_are_a_prefix) {
    BOOST_TEST(forward("2.0.192.in-addr.arpa") == "192.0.2.0./24");
    BOOST_TEST(forward("1.2.ip6.arpa") == "33.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0./8");
    BOOST_TEST(forward("1.ip6.arpa") == "16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0./4");
}

BOOST_AUTO_TEST_CASE(other_names_are_none) {
    for (const char* const text :
         {"in-addr.arpa", "256.in-addr.arpa", "01.in-addr.arpa", "0/25.2.0.192.in-addr.arpa",
          "5.1.2.0.192.in-addr.arpa", "g.ip6.arpa", "10.ip6.arpa", "1.2.0.192.in-addr.example"}) {
        BOOST_TEST(forward(text) == "none", text);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
