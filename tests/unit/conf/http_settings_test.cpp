// The section http: users, hosts, origins, and where to listen.
#include "conf/http_settings.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/conf/settings_text.hpp"

namespace dnshist::conf {

BOOST_AUTO_TEST_SUITE(http_settings_test)

BOOST_AUTO_TEST_CASE(users_of_http_have_names_of_the_operators_choice) {
    const std::string hash(64, 'a');
    const HttpSettings http =
        read("[http.users]\nalice = { key = \"sha256:" + hash +
             "\", views = [\"history\", \"at\"] }\nb-2 = { key = \"sha256:" + std::string(64, 'b') +
             "\" }")
            .http;
    BOOST_TEST_REQUIRE(http.users.size() == 2U);
    BOOST_TEST(http.users[0].name == "alice");
    BOOST_TEST(http.users[0].key[31] == 0xaa);
    BOOST_TEST((http.users[0].views == std::vector{View::history, View::at}));
    BOOST_TEST(http.users[1].name == "b-2");
    BOOST_TEST(http.users[1].views.size() == right_count);

    const auto expects = [](std::string_view text, std::string_view end) {
        const std::string said = problem("[http.users]\n" + std::string(text));
        BOOST_TEST(said.starts_with("t.toml:2: http.users."), said);
        BOOST_TEST(said.find("--new-key NAME") != std::string::npos, said);
        BOOST_TEST(said.ends_with(end), said);
    };
    expects("a = { views = [] }", ", not a table of views");
    expects("a = {}", ", not an empty table");
    expects("a = 1", ", not 1");
    expects("a = { key = 1 }", ", not 1");
    expects("a = { key = \"sha256:" + hash + "\", veiws = [] }", ", not []");
    expects("\"a:b\" = { key = \"sha256:" + hash + "\" }", ", not a table of key");
}

BOOST_AUTO_TEST_CASE(two_users_of_http_have_two_keys) {
    const std::string key = " = { key = \"sha256:" + std::string(64, 'a') + "\" }\n";
    const std::string upper = " = { key = \"sha256:" + std::string(64, 'A') + "\" }\n";
    BOOST_TEST(problem("[http.users]\nbob" + key + "alice" + upper) ==
               "t.toml:2: http.users.bob has the key of http.users.alice; make another with "
               "'dnshist-responder --new-key bob'");
}

BOOST_AUTO_TEST_CASE(http_without_tls_is_for_loopback) {
    BOOST_TEST(read("[http]\nlisten = [\"127.0.0.1@80\", \"::1@80\"]").http.listen.size() == 2U);
    for (const char* address : {"192.0.2.1@80", "0.0.0.0@80", "::@80", "::ffff:127.0.0.1@80"}) {
        const std::string said = problem("[http]\nlisten = [\"" + std::string(address) + "\"]");
        BOOST_TEST(said.starts_with("t.toml:2: http.listen: expected "), said);
        BOOST_TEST(said.find("http.listen_tls") != std::string::npos, said);
    }
}

BOOST_AUTO_TEST_CASE(hosts_and_origins_of_http) {
    BOOST_TEST(host_from_text("PDNS.Example.net.").value() == "pdns.example.net");
    BOOST_TEST(host_from_text("2001:DB8::1").value() == "2001:db8::1");
    for (const char* text : {"", ".", "a b", "https://a", "a/b", "a:80", "[::1]", "2001:db8::/32"})
        BOOST_TEST(!host_from_text(text).has_value(), text);
    BOOST_TEST(origin_from_text("https://pdns.example.net/").value() ==
               "https://pdns.example.net/");
    BOOST_TEST(origin_from_text("").value().empty());
    for (const char* text : {"pdns.example.net", ":", "a b:c", "https://\"", "ht tp:x"})
        BOOST_TEST(!origin_from_text(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::conf
