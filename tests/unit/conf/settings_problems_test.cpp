// The message about a configuration that cannot be taken: where, which key, and what is expected.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/conf/settings_text.hpp"

namespace dnshist::conf {

BOOST_AUTO_TEST_SUITE(settings_problems_test)

BOOST_AUTO_TEST_CASE(a_problem_names_line_key_and_expectation) {
    BOOST_TEST(problem("[responder]\ncookies = 1\n") ==
               "t.toml:2: responder.cookies: expected true or false, not 1");
    BOOST_TEST(
        problem("[responder]\ncookie_secrets = [\"abc\"]\n")
            .starts_with("t.toml:2: responder.cookie_secrets: expected an array of secrets"));
    BOOST_TEST(problem("[responder]\nidentity = \"" + std::string(201, 'x') + "\"\n")
                   .starts_with("t.toml:2: responder.identity: expected a text of at most 200"));
    BOOST_TEST(problem("[responder]\n\nthreads = \"many\"\n") ==
               "t.toml:3: responder.threads: expected a number from 0 (one a processor) to 256, "
               "not 'many'");
    BOOST_TEST(problem("[responder]\nudp_payload = 511\n") ==
               "t.toml:2: responder.udp_payload: expected a number of octets from 512 to 4096, "
               "not 511");
    BOOST_TEST(problem("[store]\ngap = \"soon\"\n") ==
               "t.toml:2: store.gap: expected a length of time, such as \"30d\", not 'soon'");
    BOOST_TEST(problem("[import]\ncounts = \"sum\"\n") ==
               "t.toml:2: import.counts: expected \"add\" or \"max\", not 'sum'");
    BOOST_TEST(problem("store = 1\n") == "t.toml:1: store: expected a section [store], not 1");
}

BOOST_AUTO_TEST_CASE(a_problem_in_an_array_names_the_element) {
    BOOST_TEST(problem("[responder]\nlisten = [\n  \"127.0.0.1@53\",\n  \"127.0.0.1:53\",\n]\n") ==
               "t.toml:4: responder.listen: expected an array of ADDRESS@PORT, such as "
               "[\"127.0.0.1@5300\", \"::1@5300\"], not '127.0.0.1:53'");
    BOOST_TEST(problem("[responder]\nzones = []\n") ==
               "t.toml:2: responder.zones: expected an array of domain names, such as "
               "[\"pdns.local.\"], not []");
    BOOST_TEST(problem("[responder]\nzones = [\"a..b\"]\n").find("not 'a..b'") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_section_in_a_section) {
    BOOST_TEST(problem("[responder]\nviews = [\"::1\"]\n") ==
               "t.toml:2: responder.views: expected a section [responder.views], not an array");
    BOOST_TEST(problem("[responder.views]\npivto = []\n") ==
               "t.toml:2: unknown key 'responder.views.pivto'; did you mean "
               "'responder.views.pivot'?");
    BOOST_TEST(problem("[responder]\npivot = []\n") ==
               "t.toml:2: unknown key 'responder.pivot'; did you mean 'responder.views.pivot'?");
    BOOST_TEST(problem("[responder]\ntcp = { x = 1 }\n").starts_with("t.toml:2: unknown key "));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_suggests_the_nearest) {
    BOOST_TEST(problem("[responder]\nthread = 1\n") ==
               "t.toml:2: unknown key 'responder.thread'; did you mean 'responder.threads'?");
    BOOST_TEST(problem("[store]\nttl = 1\n") ==
               "t.toml:2: unknown key 'store.ttl'; did you mean 'responder.ttl'?");
    BOOST_TEST(problem("zones = 1\n") ==
               "t.toml:1: unknown key 'zones'; did you mean 'responder.zones'?");
    BOOST_TEST(problem("[listen]\nunix = 1\n") ==
               "t.toml:2: unknown key 'listen.unix'; the keys there are dnstap, senders, window, "
               "window_observations");
    BOOST_TEST(
        problem("elephant = 1\n") ==
        "t.toml:1: unknown key 'elephant'; each key belongs into a section, such as [store]");
    BOOST_TEST(problem("\n[respnder]\nttl = 1\n") ==
               "t.toml:2: unknown section 'respnder'; did you mean 'responder'?");
}

BOOST_AUTO_TEST_CASE(the_first_problem_in_the_file_is_told) {
    BOOST_TEST(problem("[store]\ngap = false\n[import]\nbatch = 0\n").starts_with("t.toml:2: "));
    BOOST_TEST(problem("[store]\ngap = 1\n[import]\nbatch = 0\n").starts_with("t.toml:4: "));
}

BOOST_AUTO_TEST_CASE(what_is_not_toml_names_its_line) {
    BOOST_TEST(problem("[store]\ngap = = 3\n").starts_with("t.toml:2: "));
    BOOST_TEST(problem("[store]\ngap = 1\ngap = 2\n").starts_with("t.toml:3: "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::conf
