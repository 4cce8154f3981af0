#include "responder/page/page_service.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "responder/page/page_files.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(page_service_test)

namespace {

const std::vector<std::string> zones{"pdns.local."};
const std::vector<std::string> listen{"127.0.0.1@5300"};

std::optional<HttpResponse> ask(std::string_view path, std::vector<HttpField> fields = {},
                                std::string_view method = "GET") {
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.fields = fields;
    return PageService(zones, listen).answer(request);
}

std::string_view field(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.fields)
        if (key == name) return value;
    return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_page_comes_with_the_fields_that_keep_it_to_itself) {
    const auto response = ask("/");
    BOOST_REQUIRE(response);
    BOOST_TEST(response->status == 200U);
    BOOST_TEST(response->content.find("<!doctype html>") == 0U);
    BOOST_TEST(field(*response, "content-type") == "text/html; charset=utf-8");
    const std::string_view policy = field(*response, "content-security-policy");
    BOOST_TEST(policy.substr(0, 18) == "default-src 'self'");
    BOOST_TEST(policy.find("unsafe") == std::string_view::npos);
    BOOST_TEST(field(*response, "x-content-type-options") == "nosniff");
    BOOST_TEST(field(*response, "referrer-policy") == "no-referrer");
    BOOST_TEST(field(*response, "cross-origin-resource-policy") == "same-origin");
}

BOOST_AUTO_TEST_CASE(what_the_page_names_is_there) {
    const std::string page = ask("/")->content;
    for (const std::string_view path : {"/start.js", "/page.js", "/page.css", "/page.svg"}) {
        BOOST_TEST(page.find(path) != std::string::npos);
        BOOST_REQUIRE(ask(path));
        BOOST_TEST(!ask(path)->content.empty());
    }
    BOOST_TEST(page.find("<style") == std::string::npos);  // the policy would refuse it
}

BOOST_AUTO_TEST_CASE(a_browser_that_reads_gzip_gets_it_so) {
    const auto response = ask("/page.js", {{"accept-encoding", "br;q=0.5, gzip;q=0.8"}});
    BOOST_TEST(field(*response, "content-encoding") == "gzip");
    BOOST_TEST(response->content.substr(0, 2) == "\x1f\x8b");
    BOOST_TEST(field(*ask("/page.js", {{"accept-encoding", "gzip;q=0"}}), "content-encoding") ==
               "");
}

BOOST_AUTO_TEST_CASE(a_browser_that_has_the_file_is_told_so) {
    const std::string etag(field(*ask("/page.css"), "etag"));
    BOOST_TEST(ask("/page.css", {{"if-none-match", etag}})->status == 304U);
    BOOST_TEST(ask("/page.css", {{"if-none-match", "\"other\", " + etag}})->status == 304U);
    BOOST_TEST(ask("/page.css", {{"if-none-match", "\"other\""}})->status == 200U);
    BOOST_TEST(ask("/page.css", {{"if-none-match", etag}})->content.empty());
}

BOOST_AUTO_TEST_CASE(other_paths_are_for_others) {
    for (const std::string_view path :
         {"", "/dns-query", "/index.htm", "/page.js/", "//", "/../page.js"})
        BOOST_TEST(!ask(path).has_value());
}

BOOST_AUTO_TEST_CASE(it_is_read_and_nothing_else) {
    const auto response = ask("/", {}, "POST");
    BOOST_TEST(response->status == 405U);
    BOOST_TEST(field(*response, "allow") == "GET, HEAD");
}

BOOST_AUTO_TEST_CASE(the_page_is_told_the_zones_and_where_dns_is_answered) {
    BOOST_TEST(ask("/page.json")->content ==
               R"({"zones":["pdns.local."],"listen":["127.0.0.1@5300"]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
