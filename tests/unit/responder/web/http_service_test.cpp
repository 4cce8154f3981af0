// Requests to all that is behind HTTP, without a connection: what DNS over HTTPS answers, and who
// is let in.
#include "responder/web/http_service.hpp"

#include <boost/test/unit_test.hpp>

#include "responder/rest/record_stream.hpp"
#include "responder/web/charged_body.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/given.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(http_service_test)

namespace {

constexpr OwnAddress loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 2};
constexpr OwnAddress own{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 53};
constexpr std::array<std::uint8_t, 16> stranger{0, 0, 0,    0,    0,   0, 0, 0,
                                                0, 0, 0xff, 0xff, 192, 0, 2, 7};

struct Serving {
    Serving() {
        const Seconds now = now_utc();
        test::Given given;
        given.add("www.example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01", now);
        given.write(directory.path(), now);
        store.emplace(directory.path());
        responder.emplace(*store, store->join([](std::shared_ptr<History>) {}), service());
        store_wait.emplace(io, *responder);
        http.emplace(*responder, *store_wait);
        use(HttpConfig());
    }
    ~Serving() { store->end(); }

    static std::shared_ptr<ServiceConfig> service() {
        auto service = std::make_shared<ServiceConfig>();
        service->zones.push_back(Name::from_text("pdns.local").value());
        return service;
    }

    void use(HttpConfig config) {
        http->use(std::make_shared<const HttpConfig>(std::move(config)));
    }

    HttpResponse respond(const HttpRequest& request, const OwnAddress& at = loopback) {
        BOOST_TEST_REQUIRE(responder->begin());
        auto response = http->respond(request, at, {.budget = Budget::whole}, [] {});
        responder->end();
        return std::move(response).value();
    }

    test::TemporaryDirectory directory;
    std::optional<SharedHistory> store;
    std::optional<BatchResponder> responder;
    boost::asio::io_context io;
    std::optional<StoreWait> store_wait;
    std::optional<HttpService> http;
};

std::string field_of(const HttpResponse& response, std::string_view name) {
    for (const auto& [each, value] : response.fields) {
        if (each == name) return value;
    }
    return "none";
}

HttpRequest get(std::string_view path, std::string_view query = {}) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    request.authority = "localhost:8480";
    request.client.transport = Transport::https;
    return request;
}

const std::vector<std::uint8_t> question =
    test::request_of(test::ask_from_text("TXT history.www.example.com.pdns.local"));
const std::vector<std::uint8_t> unseen =
    test::request_of(test::ask_from_text("TXT history.never.example.com.pdns.local"));

const std::array<HttpField, 1> dns_message{{{"content-type", "application/dns-message"}}};

HttpRequest post(Octets content, std::span<const HttpField> fields = dns_message) {
    HttpRequest request = get("/dns-query");
    request.method = "POST";
    request.body = content;
    request.fields = fields;
    return request;
}

// The line and the code of a refusal.
std::string refusal(const HttpResponse& response) {
    BOOST_TEST(response.content.ends_with('\n'));
    BOOST_TEST(std::ranges::count(response.content, '\n') == 1);
    return std::to_string(response.status);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_question_is_answered_as_over_dns) {
    Serving serving;
    const HttpResponse response = serving.respond(post(question));
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(field_of(response, "content-type") == "application/dns-message");
    BOOST_TEST(field_of(response, "cache-control") == "private, max-age=300");
    BOOST_TEST(field_of(response, "date").ends_with(" GMT"));
    BOOST_TEST(response.content.find("2019-01-01T00:00:00Z") != std::string::npos);
    BOOST_TEST(serving.responder->counters().answered(Transport::https, QueryKind::history, 0) ==
               1U);
}

BOOST_AUTO_TEST_CASE(an_error_of_dns_is_no_error_of_http) {
    Serving serving;
    const HttpResponse response = serving.respond(post(unseen));
    BOOST_TEST(response.status == 200U);
    BOOST_TEST((response.content[3] & 0xf) == 3);  // NXDOMAIN
    BOOST_TEST(field_of(response, "cache-control") == "private, max-age=60");
}

BOOST_AUTO_TEST_CASE(a_question_may_stand_in_the_url) {
    Serving serving;
    // The SOA record of pdns.local.
    const std::string dns = "dns=AAABAAABAAAAAAAABHBkbnMFbG9jYWwAAAYAAQ";
    BOOST_TEST(serving.respond(get("/dns-query", dns)).status == 200U);
    BOOST_TEST(serving.respond(get("/dns-query", "a=b&" + dns + "&c")).status == 200U);
    HttpRequest head = get("/dns-query", dns);
    head.method = "HEAD";
    BOOST_TEST(serving.respond(head).status == 200U);
    for (const std::string& wrong :
         {std::string(), std::string("dns"), std::string("dns="), std::string("DNS=AAAB"),
          dns + "=", dns + "+", std::string("dns=AAA%42"), std::string("dns=A")}) {
        BOOST_TEST(refusal(serving.respond(get("/dns-query", wrong))) == "400", wrong);
    }
    BOOST_TEST(refusal(serving.respond(get("/dns-query", "dns=" + std::string(5500, 'A')))) ==
               "413");
}

BOOST_AUTO_TEST_CASE(what_is_no_question_is_refused) {
    Serving serving;
    BOOST_TEST(refusal(serving.respond(post({}))) == "400");
    auto response_message = question;
    response_message[2] |= 0x80;
    BOOST_TEST(refusal(serving.respond(post(response_message))) == "400");
    BOOST_TEST(refusal(serving.respond(post(std::vector<std::uint8_t>(4097)))) == "413");
    BOOST_TEST(refusal(serving.respond(post(question, {}))) == "415");
    const std::array<HttpField, 1> json{{{"content-type", "application/dns-json"}}};
    BOOST_TEST(refusal(serving.respond(post(question, json))) == "415");
    const std::array<HttpField, 1> parameters{{{"content-type", "Application/DNS-Message ;a=b"}}};
    BOOST_TEST(serving.respond(post(question, parameters)).status == 200U);
    HttpRequest put = post(question);
    put.method = "PUT";
    const HttpResponse refused = serving.respond(put);
    BOOST_TEST(refusal(refused) == "405");
    BOOST_TEST(field_of(refused, "allow") == "GET, HEAD, POST");
    BOOST_TEST(refusal(serving.respond(get("/nothing"))) == "404");
    BOOST_TEST(refusal(serving.respond(get("/dns-query/"))) == "404");
    BOOST_TEST(refusal(serving.respond(get(""))) == "400");
}

BOOST_AUTO_TEST_CASE(a_host_must_be_ours) {
    const std::vector<std::string> names{"pdns.example.net", "2001:db8::1"};
    for (const char* host : {"localhost", "LOCALHOST:80", "localhost.", "127.0.0.1", "127.9.9.9:1",
                             "[::1]", "[::1]:443", "192.0.2.53", "192.0.2.53:8443",
                             "pdns.example.net", "PDNS.Example.Net:443", "[2001:db8::1]:443"}) {
        BOOST_TEST(is_own_host(host, own, names), host);
    }
    for (const char* host :
         {"", ":", "[", "[]", "example.net", "evil.example", "pdns.example.net.evil.example",
          "localhost.evil.example", "192.0.2.54", "192.0.2.53/24", "[2001:db8::2]", "0.0.0.0",
          "127.0.0.1.evil.example", "2130706433"}) {
        BOOST_TEST(!is_own_host(host, own, names), host);
    }
    Serving serving;
    HttpRequest request = post(question);
    request.authority = "rebound.example";
    BOOST_TEST(refusal(serving.respond(request)) == "421");
    HttpConfig config;
    config.names = {"rebound.example"};
    serving.use(config);
    BOOST_TEST(serving.respond(request).status == 200U);
}

BOOST_AUTO_TEST_CASE(all_but_dns_is_for_users) {
    Serving serving;
    // Without users it is for loopback alone: both ends of the connection.
    HttpRequest request = get("/nothing");
    request.authority = "192.0.2.53";
    request.client.address = stranger;
    BOOST_TEST(refusal(serving.respond(request, own)) == "404");
    HttpUser alice{"alice", hash_of_key("key"), {}};
    HttpConfig config;
    config.users = HttpUsers({alice});
    serving.use(config);
    const HttpResponse refused = serving.respond(request, own);
    BOOST_TEST(refusal(refused) == "401");
    BOOST_TEST(field_of(refused, "www-authenticate") == R"(Basic realm="dnshist")");
    BOOST_TEST(refusal(serving.respond(get("/nothing"))) == "401");
    const std::array<HttpField, 1> key{{{"x-api-key", "key"}}};
    request.fields = key;
    BOOST_TEST(refusal(serving.respond(request, own)) == "404");
    const std::array<HttpField, 1> wrong{{{"x-api-key", "Key"}}};
    request.fields = wrong;
    BOOST_TEST(refusal(serving.respond(request, own)) == "401");
    // DNS needs none.
    BOOST_TEST(serving.respond(post(question)).status == 200U);
}

BOOST_AUTO_TEST_CASE(who_must_sign_needs_a_key_of_a_user_for_all_but_dns) {
    Serving serving;
    const auto from_loopback = [](std::string_view path) {
        HttpRequest request = get(path);
        request.client.address = loopback;
        return request;
    };
    const std::array<std::string_view, 4> paths{"/pdns/query/www.example.com",
                                                "/dnsdb/v2/lookup/rrset/name/www.example.com",
                                                "/info", "/page.json"};
    for (const std::string_view path : paths)
        BOOST_TEST(serving.respond(from_loopback(path)).status == 200U, path);
    auto service = Serving::service();
    const auto all = address_prefix_from_text("0.0.0.0/0").value();
    service->require_key = AddressSet(std::span(&all, 1));
    serving.responder->use(service);
    for (const std::string_view path : paths)
        BOOST_TEST(refusal(serving.respond(from_loopback(path))) == "403", path);

    HttpConfig config;
    HttpUser alice{"alice", hash_of_key("key"), {}};
    alice.rights = Rights::all();
    config.users = HttpUsers({alice});
    serving.use(config);
    const std::array<HttpField, 1> key{{{"x-api-key", "key"}}};
    for (const std::string_view path : paths) {
        HttpRequest request = from_loopback(path);
        BOOST_TEST(refusal(serving.respond(request)) == "401", path);
        request.fields = key;
        BOOST_TEST(serving.respond(request).status == 200U, path);
    }
}

BOOST_AUTO_TEST_CASE(what_a_proxy_asks_for_another_needs_users) {
    Serving serving;
    HttpRequest request = get("/page.json");
    request.client.address = loopback;
    BOOST_TEST(serving.respond(request).status == 200U);
    for (const char* name : {"x-forwarded-for", "forwarded", "via", "x-real-ip"}) {
        const std::array<HttpField, 1> field{{{name, "127.0.0.1"}}};
        request.fields = field;
        BOOST_TEST(refusal(serving.respond(request)) == "404", name);
    }
    HttpConfig config;
    config.users = HttpUsers({HttpUser{"alice", hash_of_key("key"), Rights::all()}});
    serving.use(config);
    const std::array<HttpField, 2> fields{{{"x-forwarded-for", "192.0.2.7"}, {"x-api-key", "key"}}};
    request.fields = fields;
    BOOST_TEST(serving.respond(request).status == 200U);
}

BOOST_AUTO_TEST_CASE(a_ping_needs_no_key_where_there_are_users) {
    Serving serving;
    HttpRequest ping = get("/dnsdb/v2/ping");
    ping.authority = "192.0.2.53";
    ping.client.address = stranger;
    BOOST_TEST(refusal(serving.respond(ping, own)) == "404");
    HttpConfig config;
    config.users = HttpUsers({HttpUser{"alice", hash_of_key("key"), {}}});
    serving.use(config);
    BOOST_TEST(serving.respond(ping, own).status == 200U);
}

BOOST_AUTO_TEST_CASE(no_browser_guesses_what_a_response_is) {
    Serving serving;
    for (const char* path :
         {"/info", "/nothing", "/pdns/query/a..b", "/pdns/query/www.example.com"}) {
        HttpRequest request = get(path);
        request.client.address = loopback;
        BOOST_TEST(field_of(serving.respond(request), "x-content-type-options") == "nosniff", path);
    }
}

BOOST_AUTO_TEST_CASE(the_work_of_rest_is_the_clients_network_s) {
    Serving serving;
    auto service = Serving::service();
    service->limits.work = 1;
    serving.responder->use(service);
    HttpRequest request = get("/query/www.example.com");
    request.client.address = loopback;
    BOOST_TEST(serving.respond(request).status == 200U);
    const HttpResponse refused = serving.respond(request);
    BOOST_TEST(refusal(refused) == "429");
    BOOST_TEST(field_of(refused, "retry-after") == "1");
    // DNS has limits of its own, and other networks have their work.
    HttpRequest dns = post(question);
    dns.client.address = loopback;
    BOOST_TEST(serving.respond(dns).status == 200U);
    request.client.address[14] = 9;
    BOOST_TEST(serving.respond(request).status == 200U);
}

BOOST_AUTO_TEST_CASE(a_body_is_not_read_while_nothing_is_left) {
    Serving serving;
    auto service = Serving::service();
    service->limits.work = 1;
    serving.responder->use(service);
    struct Reading : HttpBody {
        explicit Reading(unsigned& its_reads) : reads(its_reads) {}
        Piece read(std::span<std::uint8_t>, Lookup* store, Seconds) override {
            ++reads;
            RecordStream(select_rrset("www.example.com").value())
                .run(*store, 1000, [](const Finding&) { return true; });
            return {};
        }
        unsigned& reads;
    };
    unsigned reads = 0;
    Client client;
    client.transport = Transport::http;
    ChargedBody body(std::make_unique<Reading>(reads), *serving.responder, client);
    BOOST_TEST_REQUIRE(serving.responder->begin());
    BOOST_TEST((body.read({}, serving.responder->store(), {}).rest == HttpBody::Rest::none));
    BOOST_TEST(reads == 1U);
    BOOST_TEST((body.read({}, serving.responder->store(), {}).rest == HttpBody::Rest::pause));
    BOOST_TEST(reads == 1U);
    serving.responder->end();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
