// Any request to what is behind HTTP, by its method, host, path, query and content: it has a
// response. The lines of the input are these parts.
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include "responder/web/http_service.hpp"
#include "tests/support/given.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

class Server {
  public:
    Server() {
        const Seconds now{1767225600};  // 2026-01-01T00:00:00Z
        test::Given given;
        given.add("www.example.com. A 192.0.2.1  2020-01-01 .. 2021-01-01", now);
        given.write(directory_.path(), now);
        store_ = std::make_unique<SharedHistory>(directory_.path());
        auto service = std::make_shared<ServiceConfig>();
        service->zones.push_back(Name::from_text("pdns.local").value());
        responder_ = std::make_unique<BatchResponder>(
            *store_, store_->join([](std::shared_ptr<History>) {}), std::move(service));
        http_ = std::make_unique<HttpService>(*responder_, store_wait_.emplace(io_, *responder_));
    }
    ~Server() { store_->end(); }

    void ask(const HttpRequest& request) {
        if (!responder_->begin()) std::abort();
        const auto response = http_->respond(request, {}, {.budget = Budget::whole}, [] {});
        responder_->end();
        if (!response || response->status < 200 || response->status > 599) std::abort();
    }

  private:
    test::TemporaryDirectory directory_;
    std::unique_ptr<SharedHistory> store_;
    std::unique_ptr<BatchResponder> responder_;
    boost::asio::io_context io_;
    std::optional<StoreWait> store_wait_;
    std::unique_ptr<HttpService> http_;
};

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Server server;
    std::string_view text = as_text({data, size});
    HttpRequest request;
    request.method = take_line(text);
    request.authority = take_line(text);
    request.path = take_line(text);
    request.query = take_line(text);
    const HttpField fields[] = {{"content-type", take_line(text)},
                                {"authorization", take_line(text)}};
    request.fields = fields;
    request.body = as_octets(text);
    server.ask(request);
    return 0;
}
