// HMAC against the vectors of RFC 4231.
#include "responder/tsig/hmac.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/hex.hpp"

BOOST_AUTO_TEST_SUITE(hmac_test)

using namespace dnshist;
using namespace dnshist::responder;

namespace {

std::string mac(HmacAlgorithm algorithm, std::string_view key, std::string_view data) {
    static Hmac hmac;  // one for all, as a worker has it
    const Octets octets = as_octets(key);
    hmac.begin(algorithm, Secret({octets.begin(), octets.end()}));
    hmac.add(as_octets(data.substr(0, 3)));
    hmac.add(as_octets(data.substr(3)));
    return test::hex(hmac.finish());
}

BOOST_AUTO_TEST_CASE(rfc_4231_case_2) {
    const std::string_view data = "what do ya want for nothing?";
    BOOST_TEST(mac(HmacAlgorithm::sha256, "Jefe", data) ==
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    BOOST_TEST(mac(HmacAlgorithm::sha384, "Jefe", data) ==
               "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
               "8e2240ca5e69e2c78b3239ecfab21649");
    BOOST_TEST(mac(HmacAlgorithm::sha512, "Jefe", data) ==
               "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
               "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

BOOST_AUTO_TEST_CASE(rfc_4231_case_6_has_a_key_longer_than_a_block) {
    const std::string key(131, '\xaa');
    const std::string_view data = "Test Using Larger Than Block-Size Key - Hash Key First";
    BOOST_TEST(mac(HmacAlgorithm::sha256, key, data) ==
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    BOOST_TEST(
        mac(HmacAlgorithm::sha512, key, data).starts_with("80b24263c7c1a3ebb71493c1dd7be8b4"));
}

BOOST_AUTO_TEST_CASE(algorithms_have_names_and_lengths) {
    for (const auto algorithm :
         {HmacAlgorithm::sha256, HmacAlgorithm::sha384, HmacAlgorithm::sha512}) {
        BOOST_TEST((algorithm_from_text(algorithm_text(algorithm)) == algorithm));
        BOOST_TEST(mac(algorithm, "k", "data").size() == 2 * mac_octets(algorithm));
    }
    BOOST_TEST((algorithm_from_text("HMAC-SHA384") == HmacAlgorithm::sha384));
    BOOST_TEST(!algorithm_from_text("hmac-sha1"));
    BOOST_TEST(!algorithm_from_text("hmac-sha256."));
    BOOST_TEST(!algorithm_from_text(""));
}

BOOST_AUTO_TEST_CASE(macs_are_compared_as_a_whole) {
    BOOST_TEST(equal_macs(as_octets("abc"), as_octets("abc")));
    BOOST_TEST(!equal_macs(as_octets("abc"), as_octets("abd")));
    BOOST_TEST(!equal_macs(as_octets("abc"), as_octets("ab")));
    BOOST_TEST(equal_macs({}, {}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
