#include "conf/warnings.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/temporary_directory.hpp"

namespace dnshist::conf {

BOOST_AUTO_TEST_SUITE(warnings_test)

namespace {

std::vector<std::string> warnings(const std::string& text, std::filesystem::perms mode) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "dnshist.toml";
    std::ofstream(file) << "[responder]\n" << text << '\n';
    std::filesystem::permissions(file, mode);
    return warnings_of(read_settings(file).value());
}

std::vector<std::string> warnings(const std::string& text) {
    return warnings(text, std::filesystem::perms{0644});
}

bool says(const std::vector<std::string>& warnings, const std::string& words) {
    return warnings.size() == 1 && warnings.front().find(words) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_defaults_are_no_cause) {
    BOOST_TEST(warnings("").empty());
    BOOST_TEST(warnings_of(default_settings()).empty());
}

BOOST_AUTO_TEST_CASE(secrets_that_every_user_can_read) {
    const std::string secrets = "cookie_secrets = [\"e5e973e5a6b2a43f48e7dc849e37bfcf\"]";
    BOOST_TEST(says(warnings(secrets), "dnshist.toml holds secrets (responder.cookie_secrets)"));
    BOOST_TEST(warnings(secrets, std::filesystem::perms{0640}).empty());
}

BOOST_AUTO_TEST_CASE(strangers_without_a_limit_of_answers) {
    const std::string words = "responder.rate_limit is 0";
    BOOST_TEST(says(warnings("listen = [\"0.0.0.0@53\"]"), words));
    BOOST_TEST(says(warnings("listen = [\"127.0.0.1@53\", \"::@53\"]"), words));
    BOOST_TEST(says(warnings("listen = [\"192.0.2.1@53\"]\nallow = [\"::/0\"]"), words));
    BOOST_TEST(says(warnings("listen = [\"192.0.2.1@53\"]\nallow = [\"0.0.0.0/0\"]"), words));
    BOOST_TEST(warnings("listen = [\"0.0.0.0@53\"]\nrate_limit = 20").empty());
    BOOST_TEST(warnings("listen = [\"0.0.0.0@53\"]\nallow = [\"192.0.2.0/24\"]").empty());
    BOOST_TEST(warnings("listen = [\"127.0.0.2@53\", \"::1@53\"]").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::conf
