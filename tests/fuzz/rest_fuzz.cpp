// Any target of an HTTP request to the REST families with a store behind them: each is answered
// with lines, whatever the room in which they are read.
//
// The input is a path, a '?', a query, and after a newline the values of two header fields, a line
// each.
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "responder/rest/rest_service.hpp"
#include "storage/history/history.hpp"
#include "tests/support/given.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

class Service {
  public:
    Service() {
        test::Given given;
        for (const char* line : {
                 "example.com. A 192.0.2.{1..20}  2019-01-01 .. 2025-01-01",
                 "example.com. A 192.0.2.1  2009-01-01 .. 2010-01-01  x5  zone",
                 "example.com. MX 10 mail.example.com.  2020-01-01 .. 2024-01-01",
                 "example.com. TXT \"{a*250}\"  2020-01-01 .. 2024-01-01",
                 "example.com. TYPE65280 \\# 3 ababab  2020-01-01 .. 2024-01-01",
             }) {
            for (const std::string& expanded : test::expand(line))
                given.add(expanded, now);
        }
        given.write(directory_.path(), now);
        history_ = std::make_unique<History>(directory_.path());
        lookup_ = std::make_unique<Lookup>(*history_);
    }

    void ask(std::string_view input) {
        const auto take_line = [&input] {
            const std::string_view line = input.substr(0, input.find('\n'));
            input.remove_prefix(std::min(line.size() + 1, input.size()));
            return line;
        };
        const std::string_view target = take_line();
        const std::array fields{HttpField{"dribble-filter-rrtype", take_line()},
                                HttpField{"dribble-paginate-count", take_line()}};
        HttpRequest request;
        request.method = "GET";
        request.path = target.substr(0, target.find('?'));
        request.query = target.substr(std::min(request.path.size() + 1, target.size()));
        request.authority = "localhost";
        request.fields = fields;
        lookup_->renew(now);
        auto response = service_.answer(request, Rights::all(), &*lookup_, now);
        if (response.has_value() != RestService::serves(request.path)) std::abort();
        if (response) check(*response);
        lookup_->reset();
    }

  private:
    void check(HttpResponse& response) {
        std::string text = response.content;
        std::array<std::uint8_t, 100> room;
        for (bool ended = response.body == nullptr; !ended;) {
            const auto piece = response.body->read(room, &*lookup_, now);
            if (piece.octets > room.size() || piece.failed) std::abort();
            text.append(reinterpret_cast<const char*>(room.data()), piece.octets);
            ended = piece.ended;
        }
        if (!text.empty() && (!text.ends_with('\n') || text.starts_with('\n'))) std::abort();
        if (text.find("\n\n") != std::string::npos) std::abort();
    }

    test::TemporaryDirectory directory_;
    std::unique_ptr<History> history_;
    std::unique_ptr<Lookup> lookup_;
    RestService service_{RestConfig{}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Service service;
    service.ask({reinterpret_cast<const char*>(data), size});
    return 0;
}
