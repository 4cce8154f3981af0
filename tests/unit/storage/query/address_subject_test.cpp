// Addresses and prefixes in the labels of a name, and malformed ones.
#include "storage/query/address_subject.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "storage/record/name.hpp"

BOOST_AUTO_TEST_SUITE(address_subject_test)

using namespace dnshist;

namespace {

PrefixResult read(std::string_view text) {
    const Name name = Name::from_text(text).value();
    return read_prefix(name.wire().first(name.wire().size() - 1));
}

Prefix prefix(std::string_view text) {
    const PrefixResult result = read(text);
    BOOST_REQUIRE_MESSAGE(std::holds_alternative<Prefix>(result), text);
    return std::get<Prefix>(result);
}

std::string error_text(std::string_view text) {
    const PrefixResult result = read(text);
    BOOST_REQUIRE_MESSAGE(std::holds_alternative<QueryError>(result), text);
    return std::string(std::get<QueryError>(result).text());
}

bool neither(std::string_view text) {
    return std::holds_alternative<std::monostate>(read(text));
}

BOOST_AUTO_TEST_CASE(addresses_have_no_length) {
    const Prefix v4 = prefix("192.0.2.1");
    BOOST_TEST(v4.is_address);
    BOOST_TEST(unsigned{v4.size} == 4U);
    BOOST_TEST(unsigned{v4.length} == 32U);
    BOOST_TEST(unsigned{v4.octets[3]} == 1U);
    const Prefix v6 = prefix("2001:DB8::192.0.2.1");
    BOOST_TEST(v6.is_address);
    BOOST_TEST(unsigned{v6.size} == 16U);
    BOOST_TEST(unsigned{v6.octets[12]} == 192U);
    BOOST_TEST(prefix("::").is_address);
}

BOOST_AUTO_TEST_CASE(prefixes_have_one) {
    for (const auto& [text, length] : {std::pair{"192.0.2.0/24", 24U}, std::pair{"0.0.0.0/0", 0U},
                                       std::pair{"192.0.2.1/32", 32U}, std::pair{"::/0", 0U},
                                       std::pair{"2001:db8::/128", 128U}}) {
        BOOST_TEST(!prefix(text).is_address);
        BOOST_TEST(unsigned{prefix(text).length} == length);
    }
}

BOOST_AUTO_TEST_CASE(names_are_neither) {
    for (const char* text :
         {".", "example.com", "cafe.de", "1.2.3", "4.3.2.1.in-addr.arpa", "2019",
          "include:_spf.example.com", "a:b", "x:1::2", "0/25.2.0.192.in-addr.arpa", "192.0.2/2x",
          "1.2.3.4.5", "v=spf1", "10.0.19041.1", "00:1a:2b:3c:4d:5e", "2001:db8:1"}) {
        BOOST_TEST(neither(text), text);
    }
}

BOOST_AUTO_TEST_CASE(a_malformed_one_suggests_a_valid_one) {
    BOOST_TEST(error_text("192.0.2.0/33") ==
               "'192.0.2.0/33' is no prefix: its length goes from 0 to 32");
    BOOST_TEST(error_text("2001:db8::/129") ==
               "'2001:db8::/129' is no prefix: its length goes from 0 to 128");
    BOOST_TEST(error_text("192.0.2.0/2x") ==
               "'192.0.2.0/2x' is no prefix: its length goes from 0 to 32");
    BOOST_TEST(error_text("192.0.2.256") ==
               "'192.0.2.256' is no IPv4 address; did you mean '192.0.2.255'?");
    BOOST_TEST(error_text("192.000.002.001") ==
               "'192.000.002.001' is no IPv4 address; did you mean '192.0.2.1'?");
    BOOST_TEST(error_text("192.0.2/24") ==
               "'192.0.2/24' is no IPv4 prefix; did you mean '192.0.2.0/24'?");
    BOOST_TEST(error_text("10/8") == "'10/8' is no IPv4 prefix; did you mean '10.0.0.0/8'?");
    BOOST_TEST(error_text("2001:db8/32") ==
               "'2001:db8/32' is no IPv6 prefix; did you mean '2001:db8::/32'?");
    BOOST_TEST(error_text("1::2::3") == "'1::2::3' is no IPv6 address");
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
