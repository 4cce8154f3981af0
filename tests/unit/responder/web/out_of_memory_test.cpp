// Memory that ends in the middle of a request costs that request alone: the client is told that it
// failed, in the words of what he asked, or its connection ends.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <limits>
#include <new>

#include "responder/web/http_service.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/given.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

constexpr unsigned never = std::numeric_limits<unsigned>::max();
unsigned left = never;  // allocations that succeed before one fails

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    if (left != never && left-- == 0) {
        left = never;
        throw std::bad_alloc();
    }
    void* room = std::malloc(size);
    if (room == nullptr) throw std::bad_alloc();
    return room;
}
[[gnu::noinline]] void operator delete(void* room) noexcept {
    std::free(room);
}
[[gnu::noinline]] void operator delete(void* room, std::size_t) noexcept {
    std::free(room);
}

namespace {

HttpRequest get(std::string_view path) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.authority = "localhost:8480";
    request.client.transport = Transport::https;
    return request;
}

// By HTTP, by DNS (SERVFAIL), or at the end of DNSDB's stream.
bool says_failed(const HttpResponse& response) {
    if (response.status != 200) return response.status == 503;
    const std::string& content = response.content;
    if (content.starts_with('{')) return content.find(R"("cond":"failed")") != std::string::npos;
    return content.size() > 3 && (content[3] & 0xf) == 2;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_allocation_may_fail) {
    const test::TemporaryDirectory directory;
    test::Given given;
    given.add("www.example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01", now_utc());
    given.add("www.example.com. MX 10 mail.example.com.  2019-01-01 .. 2025-01-01", now_utc());
    given.write(directory.path(), now_utc());
    SharedHistory store(directory.path());
    auto service = std::make_shared<ServiceConfig>();
    service->zones.push_back(Name::from_text("pdns.local").value());
    BatchResponder responder(store, store.join([](std::shared_ptr<History>) {}), service);
    boost::asio::io_context io;
    StoreWait store_wait(io, responder);
    HttpService http(responder, store_wait);
    http.use(std::make_shared<const HttpConfig>());

    const auto question =
        test::request_of(test::ask_from_text("TXT history.www.example.com.pdns.local"));
    const std::array<HttpField, 1> content_type{{{"content-type", "application/dns-message"}}};
    HttpRequest post = get("/dns-query");
    post.method = "POST";
    post.body = question;
    post.fields = content_type;
    constexpr OwnAddress own{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 2};
    for (HttpRequest request : {post, get("/info"), get("/pdns/query/www.example.com"),
                                get("/dnsdb/v2/lookup/rrset/name/www.example.com")}) {
        BOOST_TEST_CONTEXT(request.path) {
            request.client.address = own;
            unsigned told = 0;
            unsigned count = 0;
            for (bool failed = true; failed; ++count) {
                BOOST_TEST_REQUIRE(responder.begin());
                left = count;
                try {
                    const auto response =
                        http.respond(request, own, {.budget = Budget::whole}, [] {});
                    failed = left == never;
                    left = never;
                    BOOST_TEST_REQUIRE(response.has_value());
                    BOOST_TEST(says_failed(*response) == failed,
                               "allocation " << count << ": " << response->content);
                    told += failed;
                } catch (const std::bad_alloc&) {
                    left = never;
                }
                responder.end();
            }
            BOOST_TEST(told > 0U);
        }
    }
    store.end();
}
