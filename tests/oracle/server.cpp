#include "tests/oracle/server.hpp"

#include <array>

#include "tests/oracle/answer.hpp"
#include "tests/support/show.hpp"

namespace dnshist::oracle {

using namespace responder;

namespace {

// 192.0.2.1, as a client has it.
constexpr std::array<std::uint8_t, 16> may_see{0, 0, 0,    0,    0,   0, 0, 0,
                                               0, 0, 0xff, 0xff, 192, 0, 2, 1};

}  // namespace

Server::Server(const Store& store) : room_(max_tcp_octets) {
    store.write(directory_.path());
    history_ = std::make_unique<History>(directory_.path());
    service_.zones.push_back(Name::from_text("pdns.local.").value());
    service_.ttl = ttl;
    service_.default_limit = default_limit;
    service_.access.allow_personal(std::array{address_prefix_from_text("192.0.2.1/32").value()});
    responder_ = std::make_unique<Responder>(*history_, service_);
}

std::vector<std::string> Server::ask(const std::string& name, const std::string& qtype,
                                     std::uint64_t scan_limit, bool sees_personal) {
    test::Ask ask;
    ask.name.assign(name.begin(), name.end());
    ask.type = rrtype_from_text(qtype).value();
    ask.transport = Transport::tcp;
    if (sees_personal) ask.address = may_see;
    service_.scan_limit = scan_limit;
    responder_->use(service_);
    if (!responder_->begin(Seconds{static_cast<std::uint32_t>(now)})) {
        throw std::runtime_error("the store has outgrown its map");
    }
    const std::size_t size = responder_->respond(test::request_of(ask), ask.client(), room_).size;
    responder_->end();
    return test::show_response(Octets(room_).first(size), ask, ttl);
}

}  // namespace dnshist::oracle
