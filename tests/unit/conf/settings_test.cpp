#include "conf/settings.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/conf/settings_text.hpp"

namespace dnshist::conf {

BOOST_AUTO_TEST_SUITE(settings_test)

namespace {

std::vector<std::string> zones_of(const Settings& settings) {
    std::vector<std::string> texts;
    for (const Name& zone : settings.responder.zones)
        texts.push_back(zone.text());
    return texts;
}

const std::optional<std::vector<AddressPrefix>>& clients_of(const ResponderSettings& serve,
                                                            View view) {
    return serve.views[static_cast<std::size_t>(view)];
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_said_is_the_defaults) {
    const Settings settings = read("# only a comment\n");
    BOOST_TEST(settings.store.directory == "/var/lib/dnshist");
    BOOST_TEST(settings.store.gap == 30U * 86400);
    BOOST_TEST(settings.responder.listen.size() == 2U);
    BOOST_TEST((zones_of(settings) == std::vector<std::string>{"pdns.local."}));
    BOOST_TEST(settings.responder.udp_payload == 1232);
    BOOST_TEST(!settings.responder.metrics.has_value());
    BOOST_TEST(settings.responder.query_log.empty());
    BOOST_TEST((settings.import.counts == Counts::add));
    BOOST_TEST((settings.import.trust == Trust::bailiwick));
    BOOST_TEST((settings.import.dnstap_types == std::vector{DnstapType::resolver_response}));
    const std::vector<DnstapPlace> places = {{"/run/dnshist/dnstap.sock", {}}};
    BOOST_TEST((settings.listen.dnstap == places));
    BOOST_TEST(settings.listen.senders == 64U);
    BOOST_TEST(settings.listen.window == 10U);
    BOOST_TEST(settings.listen.window_observations == 100'000U);
    const ResponderSettings& serve = settings.responder;
    BOOST_TEST((serve.allow.empty() && serve.deny.empty() && serve.rate_limit_exempt.empty()));
    for (const auto& clients : serve.views)
        BOOST_TEST(!clients.has_value());
    BOOST_TEST(serve.whois.empty());
    BOOST_TEST(serve.rate_limit == 0U);
    BOOST_TEST(serve.rate_limit_slip == 2U);
    BOOST_TEST(serve.work_limit == 0U);
}

BOOST_AUTO_TEST_CASE(every_key_is_taken) {
    const Settings settings = read(R"(
[store]
directory = "/srv/history"
gap = "2w"
[responder]
listen = ["192.0.2.1@53", "2001:db8::1@5353", "fe80::1%eth0@53"]
zones = ["History.Example", "pdns.local."]
threads = 3
ttl = "1h"
negative_ttl = 7
scan_limit = 5_000_000_000
udp_payload = 1400
tcp_clients = 20
tcp_clients_per_address = 7
tcp_idle_timeout = "30s"
identity = "ns1-ber"
chaos = false
cookies = false
cookie_secrets = ["e5e973e5a6b2a43f48e7dc849e37bfcf", "445536BCD2513298075A5D379663C962"]
metrics = "127.0.0.1@9530"
query_log = "/var/log/dnshist/queries"
keys = ["/etc/dnshist/keys.conf", "/etc/dnshist/more keys"]
require_key = ["192.0.2.0/24", "::/0"]
allow = ["192.0.2.0/24", "2001:db8::/32"]
deny = ["192.0.2.7"]
rate_limit = 20
rate_limit_slip = 0
rate_limit_exempt = ["198.51.100.0/28"]
work_limit = 300_000
[responder.views]
history = ["0.0.0.0/0", "::/0"]
pivot = ["127.0.0.0/8", "::1"]
names = ["192.0.2.1"]
summary = ["192.0.2.2"]
changes = ["192.0.2.3"]
at = []
[import]
batch = 1000
counts = "max"
trust = "all"
dnstap_types = ["resolver", "auth", "client", "forwarder", "stub", "tool"]
[listen]
dnstap = ["unix:/run/tap", "127.0.0.1@6000", "::1@0"]
senders = 7
window = "1m"
window_observations = 2000
)");
    BOOST_TEST(settings.store.directory == "/srv/history");
    BOOST_TEST(settings.store.gap == 14U * 86400);
    const std::vector<Endpoint> listen = {
        {"192.0.2.1", 53}, {"2001:db8::1", 5353}, {"fe80::1%eth0", 53}};
    BOOST_TEST((settings.responder.listen == listen));
    const std::vector<std::string> zones = {"history.example.", "pdns.local."};
    BOOST_TEST(zones_of(settings) == zones, boost::test_tools::per_element());
    BOOST_TEST(settings.responder.threads == 3U);
    BOOST_TEST(settings.responder.ttl == 3600U);
    BOOST_TEST(settings.responder.negative_ttl == 7U);
    BOOST_TEST(settings.responder.scan_limit == 5'000'000'000U);
    BOOST_TEST(settings.responder.udp_payload == 1400);
    BOOST_TEST(settings.responder.tcp_clients == 20U);
    BOOST_TEST(settings.responder.tcp_clients_per_address == 7U);
    BOOST_TEST(settings.responder.tcp_idle_timeout == 30U);
    BOOST_TEST(settings.responder.identity == "ns1-ber");
    BOOST_TEST(!settings.responder.chaos);
    BOOST_TEST(!settings.responder.cookies);
    BOOST_TEST(settings.responder.cookie_secrets.size() == 2U);
    BOOST_TEST((settings.responder.metrics == Endpoint{"127.0.0.1", 9530}));
    BOOST_TEST(settings.responder.query_log == "/var/log/dnshist/queries");
    const std::vector<std::filesystem::path> files = {"/etc/dnshist/keys.conf",
                                                      "/etc/dnshist/more keys"};
    BOOST_TEST((settings.responder.keys == files));
    BOOST_TEST((settings.responder.require_key == prefixes({"192.0.2.0/24", "::/0"})));
    const ResponderSettings& serve = settings.responder;
    BOOST_TEST((serve.allow == prefixes({"192.0.2.0/24", "2001:db8::/32"})));
    BOOST_TEST((serve.deny == prefixes({"192.0.2.7/32"})));
    BOOST_TEST(serve.rate_limit == 20U);
    BOOST_TEST(serve.rate_limit_slip == 0U);
    BOOST_TEST((serve.rate_limit_exempt == prefixes({"198.51.100.0/28"})));
    BOOST_TEST(serve.work_limit == 300'000U);
    BOOST_TEST(!clients_of(serve, View::history));
    BOOST_TEST((clients_of(serve, View::pivot) == prefixes({"127.0.0.0/8", "::1/128"})));
    BOOST_TEST((clients_of(serve, View::names) == prefixes({"192.0.2.1"})));
    BOOST_TEST((clients_of(serve, View::summary) == prefixes({"192.0.2.2"})));
    BOOST_TEST((clients_of(serve, View::changes) == prefixes({"192.0.2.3"})));
    BOOST_TEST((clients_of(serve, View::at) == prefixes({})));
    BOOST_TEST(settings.import.batch == 1000U);
    BOOST_TEST((settings.import.counts == Counts::max));
    BOOST_TEST((settings.import.trust == Trust::everything));
    BOOST_TEST(settings.import.dnstap_types.size() == 6U);
    const std::vector<DnstapPlace> places = {
        {"/run/tap", {}}, {{}, {"127.0.0.1", 6000}}, {{}, {"::1", 0}}};
    BOOST_TEST((settings.listen.dnstap == places));
    BOOST_TEST(settings.listen.senders == 7U);
    BOOST_TEST(settings.listen.window == 60U);
    BOOST_TEST(settings.listen.window_observations == 2000U);
}

BOOST_AUTO_TEST_CASE(what_is_taken_of_responses) {
    BOOST_TEST(
        problem("[import]\ntrust = \"some\"\n") ==
        "t.toml:2: import.trust: expected \"bailiwick\", \"unasked\" or \"all\", not 'some'");
    BOOST_TEST((read("[import]\ntrust = \"unasked\"\n").import.trust == Trust::unasked));
    const auto addresses =
        read("[import]\nresolvers = [\"192.0.2.53\"]\nmirrors = [\"2001:db8::/32\"]\n").import;
    BOOST_TEST((addresses.resolvers == prefixes({"192.0.2.53"})));
    BOOST_TEST((addresses.mirrors == prefixes({"2001:db8::/32"})));
    const std::string types =
        "t.toml:2: import.dnstap_types: expected an array of \"resolver\", \"auth\", \"client\", "
        "\"forwarder\", \"stub\" and \"tool\", not ";
    BOOST_TEST(problem("[import]\ndnstap_types = [\"RESOLVER\"]\n") == types + "'RESOLVER'");
    BOOST_TEST(problem("[import]\ndnstap_types = []\n") == types + "[]");
    BOOST_TEST((read("[import]\ndnstap_types = \"client\"\n").import.dnstap_types.at(0) ==
                DnstapType::client_response));
}

BOOST_AUTO_TEST_CASE(where_dnstap_is_taken) {
    const std::string places =
        "t.toml:2: listen.dnstap: expected an array of \"unix:PATH\" or \"ADDRESS@PORT\", such as "
        "[\"unix:/run/dnshist/dnstap.sock\"], not ";
    for (const std::string wrong :
         {"unix:", "unix:tap", "/run/tap", "127.0.0.1", "localhost@6000", "127.0.0.1:6000", ""}) {
        std::string text = "[listen]\ndnstap = [\"";
        text.append(wrong).append("\"]\n");
        std::string told = places;
        told.append("'").append(wrong).append("'");
        BOOST_TEST(problem(text) == told);
    }
    BOOST_TEST(problem("[listen]\ndnstap = []\n") == places + "[]");
    BOOST_TEST(problem("[listen]\nsenders = 0\n") ==
               "t.toml:2: listen.senders: expected a number from 1 to 10000, not 0");
    BOOST_TEST(
        problem("[listen]\nwindow = 0\n") ==
        "t.toml:2: listen.window: expected a length of time from 1 second to 1 hour, such as "
        "\"10s\", not 0");
    BOOST_TEST(problem("[listen]\nwindow_observations = 1\n") ==
               "t.toml:2: listen.window_observations: expected a number of observations from 2 to "
               "100000000, not 1");
    BOOST_TEST(dnstap_place_from_text("x@1").error().text ==
               "expected unix:PATH or ADDRESS@PORT, such as 127.0.0.1@6000, not 'x@1'");
    BOOST_TEST(dnstap_place_from_text("unix:x").error().text ==
               "expected unix: and an absolute path, not 'unix:x'");
    BOOST_TEST(!dnstap_place_from_text(std::string_view("unix:/a\0b", 9)).has_value());
}

BOOST_AUTO_TEST_CASE(metrics_and_query_log_are_off_where_nothing_is_named) {
    const Settings settings = read("[responder]\nmetrics = \"\"\nquery_log = \"\"\n");
    BOOST_TEST(!settings.responder.metrics.has_value());
    BOOST_TEST(settings.responder.query_log.empty());
}

BOOST_AUTO_TEST_CASE(metrics_are_shown_at_an_address_and_questions_logged_to_a_whole_path) {
    const std::string metrics =
        "t.toml:2: responder.metrics: expected an ADDRESS@PORT, such as \"127.0.0.1@9530\", "
        "or \"\" for none, not ";
    BOOST_TEST(
        (read("[responder]\nmetrics = \"::1@9530\"").responder.metrics == Endpoint{"::1", 9530}));
    BOOST_TEST(problem("[responder]\nmetrics = \"localhost@1\"") == metrics + "'localhost@1'");
    BOOST_TEST(problem("[responder]\nmetrics = 9530") == metrics + "9530");
    const std::string log =
        "t.toml:2: responder.query_log: expected an absolute path, or \"\" for none, not ";
    BOOST_TEST(problem("[responder]\nquery_log = \"queries\"") == log + "'queries'");
    BOOST_TEST(problem("[responder]\nquery_log = true") == log + "true");
}

BOOST_AUTO_TEST_CASE(a_single_address_or_zone_needs_no_array) {
    const Settings settings = read("[responder]\nlisten = \"127.0.0.1@0\"\nzones = \"x\"\n");
    BOOST_TEST((settings.responder.listen == std::vector<Endpoint>{{"127.0.0.1", 0}}));
    BOOST_TEST(settings.responder.zones.at(0).text() == "x.");
}

BOOST_AUTO_TEST_CASE(keys_and_where_they_are_required) {
    const Settings none = read("[responder]\nkeys = []\nrequire_key = []\n");
    BOOST_TEST(none.responder.keys.empty());
    BOOST_TEST(none.responder.require_key.empty());
    BOOST_TEST(read("[responder]\nrequire_key = \"::1\"\n").responder.require_key.size() == 1U);
    BOOST_TEST(problem("[responder]\nkeys = [\"\"]\n") ==
               "t.toml:2: responder.keys: expected an array of files of TSIG keys, such as "
               "[\"/etc/dnshist/keys.conf\"], not ''");
    BOOST_TEST(problem("[responder]\nrequire_key = [\"::/0\",\n\"192.0.2.1/24\"]\n") ==
               "t.toml:3: responder.require_key: expected an array of prefixes, such as "
               "[\"192.0.2.0/24\", \"2001:db8::/32\"], not '192.0.2.1/24'; did you mean "
               "'192.0.2.0/24'?");
}

BOOST_AUTO_TEST_CASE(lists_of_clients) {
    BOOST_TEST(read("[responder]\nallow = []\n").responder.allow.empty());
    BOOST_TEST(
        (read("[responder]\ndeny = \"192.0.2.1\"\n").responder.deny == prefixes({"192.0.2.1/32"})));
    BOOST_TEST((clients_of(read("[responder]\nviews.pivot = []\n").responder, View::pivot) ==
                prefixes({})));
    BOOST_TEST((clients_of(read("responder = { views = { at = \"::1\" } }\n").responder,
                           View::at) == prefixes({"::1"})));
}

BOOST_AUTO_TEST_CASE(a_wrong_prefix_is_told_with_what_is_right) {
    const std::string expected =
        ": expected an array of prefixes, such as [\"192.0.2.0/24\", \"2001:db8::/32\"], not ";
    for (const std::string key :
         {"allow", "deny", "rate_limit_exempt", "views.history", "views.pivot", "views.names",
          "views.summary", "views.changes", "views.at", "types.whois"}) {
        std::string wrong = "[responder]\n";
        wrong.append(key).append(" = [\n\"::1\",\n\"192.0.2.0/33\"]\n");
        std::string told = "t.toml:4: responder.";
        told.append(key).append(expected).append("'192.0.2.0/33'");
        BOOST_TEST(problem(wrong) == told);
        wrong = "[responder]\n";
        wrong.append(key).append(" = true\n");
        told = "t.toml:2: responder.";
        told.append(key).append(expected).append("true");
        BOOST_TEST(problem(wrong) == told);
    }
    BOOST_TEST(problem("[responder.views]\npivot = [\"10.1.2.3/8\"]\n") ==
               "t.toml:2: responder.views.pivot" + expected +
                   "'10.1.2.3/8'; did you mean '10.0.0.0/8'?");
    BOOST_TEST(problem("[responder]\nallow = [\"::1\", [\"::2\"]]\n") ==
               "t.toml:2: responder.allow" + expected + "an array");
    BOOST_TEST(problem("[responder]\nallow = [\"everyone\"]\n") ==
               "t.toml:2: responder.allow" + expected + "'everyone'");
}

BOOST_AUTO_TEST_CASE(wrong_limits) {
    BOOST_TEST(problem("[responder]\nrate_limit = -1\n") ==
               "t.toml:2: responder.rate_limit: expected a number of answers a second from 0 (no "
               "limit) to 1000000, not -1");
    BOOST_TEST(problem("[responder]\nrate_limit_slip = 101\n") ==
               "t.toml:2: responder.rate_limit_slip: expected a number from 0 (none) to 100, not "
               "101");
    BOOST_TEST(problem("[responder]\nwork_limit = \"much\"\n") ==
               "t.toml:2: responder.work_limit: expected a number of units of work a second, 0 for "
               "no limit, not 'much'");
}

BOOST_AUTO_TEST_CASE(endpoints) {
    const auto ok = [](std::string_view text) { return endpoint_from_text(text).has_value(); };
    BOOST_TEST(endpoint_text(endpoint_from_text("::1@5300").value()) == "::1@5300");
    BOOST_TEST(ok("0.0.0.0@0"));
    BOOST_TEST(ok("fe80::1%eth0@65535"));
    for (const auto* wrong : {"", "@", "127.0.0.1", "127.0.0.1@", "127.0.0.1@65536", "127.0.0.1@-1",
                              "127.0.0.1@5 ", "127.0.0.1@+5", "localhost@53", "127.0.0.1:53",
                              "127.1@53", "[::1]@53", "1.2.3.4%lo@53"}) {
        BOOST_TEST(!ok(wrong), wrong);
    }
    BOOST_TEST(!ok(std::string_view("127.0.0.1\0@53", 13)));
    BOOST_TEST(endpoint_from_text("x@1").error().text ==
               "expected ADDRESS@PORT, such as 127.0.0.1@5300 or ::1@5300, not 'x@1'");
}

BOOST_AUTO_TEST_CASE(files) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "dnshist.toml";
    BOOST_TEST(read_settings(path).error().text ==
               path.string() + ": cannot be read: No such file or directory");
    BOOST_TEST(read_settings(directory.path()).error().text.find("cannot be read") !=
               std::string::npos);

    std::ofstream(path).close();
    BOOST_TEST(read_settings(path).value().responder.ttl == 300U);
    std::ofstream(path) << "[responder]\nttl = 5\n";
    BOOST_TEST(read_settings(path).value().responder.ttl == 5U);
    std::ofstream(path) << "ttl";
    BOOST_TEST(read_settings(path).error().text.starts_with(path.string() + ":1: "));
}

BOOST_AUTO_TEST_CASE(registrations_are_for_those_who_are_named) {
    const Settings settings =
        read("[responder.types]\nwhois = [\"192.0.2.0/24\"]\n[http.users]\n" +
             ("a = { key = \"sha256:" + std::string(64, 'a')) +
             "\", types = [\"whois\"] }\nb = { key = \"sha256:" + std::string(64, 'b') + "\" }\n");
    BOOST_TEST(settings.responder.whois.size() == 1U);
    BOOST_TEST_REQUIRE(settings.http.users.size() == 2U);
    BOOST_TEST(settings.http.users[0].whois);
    BOOST_TEST(!settings.http.users[1].whois);
    const std::string said = problem("[http.users]\na = { key = \"sha256:" + std::string(64, 'a') +
                                     "\", types = [\"mx\"] }\n");
    BOOST_TEST(said.starts_with("t.toml:2: http.users."), said);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::conf
