// A store of a few lines, asked over REST without HTTP.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "responder/rest/rest_service.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/history/history.hpp"
#include "tests/support/given.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::test {

inline constexpr Seconds rest_now{1767225600};  // 2026-01-01T00:00:00Z

// What came back, with its whole body.
struct Reply {
    unsigned status = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string text;
    bool in_pieces = false;
    bool failed = false;
    std::size_t longest_piece = 0;

    std::string field(std::string_view name) const {
        for (const auto& [key, value] : fields)
            if (key == name) return value;
        return {};
    }
    // The lines; each of them must end with a newline.
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        std::string_view rest = text;
        while (!rest.empty()) {
            const std::size_t end = rest.find('\n');
            BOOST_REQUIRE_MESSAGE(end != std::string_view::npos, "no newline behind: " << rest);
            BOOST_REQUIRE_MESSAGE(end > 0, "an empty line");
            all.emplace_back(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        return all;
    }
};

struct AskedStore {
    TemporaryDirectory directory;
    std::optional<History> history;
    std::optional<Lookup> lookup;
    std::optional<responder::RestService> service;
    responder::Rights rights = responder::Rights::all();
    // How a body in pieces is read.
    std::size_t room = 4096;
    std::vector<std::pair<std::string, std::string>> fields;  // of the requests

    explicit AskedStore(const std::vector<std::string>& given,
                        responder::RestConfig config = {.origin = "https://origin.example/"}) {
        add(given);
        history.emplace(directory.path());
        lookup.emplace(*history);
        service.emplace(std::move(config));
    }

    void add(const std::vector<std::string>& given) {
        Given store;
        for (const std::string& each : given)
            for (const std::string& line : expand(each))
                store.add(line, rest_now);
        store.write(directory.path(), rest_now);
    }

    Reply ask(std::string_view target, std::string_view method = "GET") {
        return ask_between(
            target, [](std::size_t) {}, method);
    }

    // Calls between(piece) after each piece of the body.
    template <class Between>
    Reply ask_between(std::string_view target, Between between, std::string_view method = "GET") {
        const std::string path(target.substr(0, target.find('?')));
        const std::string query(target.substr(std::min(path.size() + 1, target.size())));
        std::vector<responder::HttpField> request_fields;
        for (const auto& [name, value] : fields)
            request_fields.push_back({name, value});
        responder::HttpRequest request;
        request.method = method;
        request.path = path;
        request.query = query;
        request.authority = "pdns.example";
        request.fields = request_fields;
        lookup->renew(rest_now);
        auto response = service->answer(request, rights, &*lookup, rest_now);
        lookup->reset();
        BOOST_REQUIRE_MESSAGE(response.has_value(), "not REST: " << target);
        Reply reply{response->status, response->fields, response->content,
                    response->body != nullptr};
        std::vector<std::uint8_t> octets(room);
        for (std::size_t piece = 0; response->body != nullptr; ++piece) {
            BOOST_REQUIRE(piece < 10'000'000U);
            lookup->renew(rest_now);
            const auto read = response->body->read(octets, &*lookup, rest_now);
            lookup->reset();
            BOOST_REQUIRE(read.octets <= room);
            reply.text.append(reinterpret_cast<const char*>(octets.data()), read.octets);
            reply.longest_piece = std::max(reply.longest_piece, read.octets);
            reply.failed = read.failed;
            if (read.ended || read.failed) break;
            between(piece);
        }
        return reply;
    }
};

}  // namespace dnshist::test
