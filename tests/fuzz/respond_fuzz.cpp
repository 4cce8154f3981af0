// Any octets to a responder with a store behind it, over both transports: it answers within the
// room or not at all, and goes on.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

#include "responder/answer/respond.hpp"
#include "tests/support/given.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

class Server {
  public:
    Server() {
        test::Given given;
        for (const char* line : {
                 "example.com. A 192.0.2.{1..120}  2019-01-01 .. 2025-01-01",
                 "example.com. A 192.0.2.1  2009-01-01 .. 2010-01-01  x5  zone",
                 "example.com. MX 10 mail.example.com.  2020-01-01 .. 2024-01-01",
                 "example.com. TXT \"{a*250}\"  2020-01-01 .. 2024-01-01",
                 "example.com. TYPE65280 \\# 40000 {ab*40000}  2020-01-01 .. 2024-01-01",
                 "10.2.0.192.in-addr.arpa. PTR host.example.com.  2020-01-01 .. 2024-01-01",
                 "www.example.com. CNAME example.com.  2018-01-01 .. 2019-01-01",
                 "www.example.com. CNAME example.com.  2020-01-01 .. 2021-01-01",
                 "h{1..30}.example.com. A 198.51.100.7  2020-01-01 .. 2024-01-01",
             }) {
            for (const std::string& expanded : test::expand(line))
                given.add(expanded, now);
        }
        given.write(directory_.path(), now);
        history_ = std::make_unique<History>(directory_.path());
        service_.zones.push_back(Name::from_text("pdns.local").value());
        service_.identity = std::string(40, 'n');
        service_.cookies = Cookies({CookieSecret{}});
        responder_ = std::make_unique<Responder>(*history_, service_);
    }

    void ask(Octets message, Transport transport, std::size_t room) {
        // Allocated at exactly its length, so that a sanitizer sees a write past the end.
        std::vector<std::uint8_t> response(room);
        if (!responder_->begin(now)) std::abort();
        const std::size_t size = responder_->respond(message, {transport}, response).size;
        const auto prefetched = respond_prefetched(message, transport, room);
        if (!equal(Octets(response).first(std::min(size, room)), prefetched)) std::abort();
        responder_->end();
        if (size > room || (size != 0 && size < message_header_octets)) std::abort();
        if (!responder_->trouble().empty()) std::abort();
    }

  private:
    std::vector<std::uint8_t> respond_prefetched(Octets message, Transport transport,
                                                 std::size_t room) {
        std::array<std::optional<ParsedRequest>, 1> batch;
        batch[0].emplace(message);
        responder_->prefetch(batch);
        std::vector<std::uint8_t> response(room);
        response.resize(responder_->respond(*batch[0], {transport}, response).size);
        return response;
    }

    test::TemporaryDirectory directory_;
    ServiceConfig service_;
    std::unique_ptr<History> history_;
    std::unique_ptr<Responder> responder_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Server server;
    server.ask({data, size}, Transport::udp, min_udp_octets);
    server.ask({data, size}, Transport::tcp, max_tcp_octets);
    return 0;
}
