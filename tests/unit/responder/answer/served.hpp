// A responder over a store that a test describes, without sockets and at a fixed time.
#pragma once

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "responder/answer/respond.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/given.hpp"
#include "tests/support/show.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::responder {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

struct Served {
    test::TemporaryDirectory directory;
    ServiceConfig service;
    std::unique_ptr<History> history;
    std::unique_ptr<Responder> responder;
    std::vector<std::uint8_t> room = std::vector<std::uint8_t>(max_tcp_octets);

    explicit Served(std::initializer_list<const char*> lines = {}) {
        service.zones.push_back(Name::from_text("pdns.local").value());
        test::Given given;
        for (const char* line : lines) {
            for (const std::string& expanded : test::expand(line))
                given.add(expanded, now);
        }
        given.write(directory.path(), now);
        open();
    }

    void open() {
        responder.reset();
        history = std::make_unique<History>(directory.path());
        responder = std::make_unique<Responder>(*history, service);
    }

    Octets respond(Octets request, Transport transport = Transport::udp) {
        BOOST_REQUIRE(responder->begin(now));
        const std::size_t size = responder->respond(request, {transport}, room).size;
        responder->end();
        return Octets(room).first(size);
    }

    std::vector<std::string> ask(std::string_view words) {
        const test::Ask asked = test::ask_from_text(words);
        return test::show_response(respond(test::request_of(asked), asked.transport), asked,
                                   service.ttl);
    }
};

inline std::vector<std::uint8_t> request(std::string_view words) {
    return test::request_of(test::ask_from_text(words));
}

}  // namespace dnshist::responder
