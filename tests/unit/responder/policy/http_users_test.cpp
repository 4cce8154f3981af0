#include "responder/policy/http_users.hpp"

#include <boost/test/unit_test.hpp>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(http_users_test)

namespace {

HttpUser user(std::string name, std::string_view key) {
    return {std::move(name), hash_of_key(key), {}};
}

const HttpUsers users({user("alice", "first key"), user("bob", "second key")});

std::string name_of(const HttpUser* user) {
    return user == nullptr ? "nobody" : user->name;
}

std::string of(std::string_view authorization, std::string_view api_key = {}) {
    return name_of(users.of_request(authorization, api_key));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_key_is_known_in_each_of_its_places) {
    BOOST_TEST(of("Basic YWxpY2U6Zmlyc3Qga2V5") == "alice");  // alice:first key
    BOOST_TEST(of("bASIC  YWxpY2U6Zmlyc3Qga2V5") == "alice");
    BOOST_TEST(of("Bearer second key") == "bob");
    BOOST_TEST(of("second key") == "bob");
    BOOST_TEST(of("", "first key") == "alice");
}

BOOST_AUTO_TEST_CASE(anything_else_is_nobodys) {
    BOOST_TEST(of("") == "nobody");
    BOOST_TEST(of("first ke") == "nobody");
    BOOST_TEST(of("First key") == "nobody");
    BOOST_TEST(of("Basic") == "nobody");
    BOOST_TEST(of("Basic ????") == "nobody");
    BOOST_TEST(of("Basic YWxpY2U=") == "nobody");              // alice
    BOOST_TEST(of("Basic Ym9iOmZpcnN0IGtleQ==") == "nobody");  // bob:first key
    BOOST_TEST(of("Basic OmZpcnN0IGtleQ==") == "nobody");      // :first key
    BOOST_TEST(of("", "third key") == "nobody");
    BOOST_TEST(of("first key", "third key") == "nobody");
    BOOST_TEST(of(std::string(5000, 'x')) == "nobody");
    BOOST_TEST(of("", std::string(5000, 'x')) == "nobody");
    BOOST_TEST(name_of(HttpUsers().of_request("first key", "")) == "nobody");
}

BOOST_AUTO_TEST_CASE(a_hash_is_that_of_the_standard) {
    // FIPS 180-2, appendix B.1.
    BOOST_TEST(key_hash_text(hash_of_key("abc")) ==
               "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const std::string key = make_http_key();
    BOOST_TEST(key.size() == 32U);
    BOOST_TEST(key != make_http_key());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
