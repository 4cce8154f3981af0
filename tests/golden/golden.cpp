// Runs golden cases: golden FILE...
//
// Each case is a text file; tests/README.md has the notation. A case that fails shows both sides.
#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "conf/cookie_secret.hpp"
#include "responder/answer/respond.hpp"
#include "storage/query/vocabulary.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/given.hpp"
#include "tests/support/line_places.hpp"
#include "tests/support/show.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace dnshist;
using namespace dnshist::responder;
using namespace dnshist::test;

constexpr Seconds now{1767225600};      // 2026-01-01T00:00:00Z
constexpr Seconds written{1767139200};  // 2025-12-31T00:00:00Z

struct QueryBlock {
    std::size_t line_number = 0;
    std::string words;
    std::vector<std::string> expected;
};

struct Case {
    std::vector<std::string> given;
    ServiceConfig service;
    bool broken = false;
    std::vector<QueryBlock> queries;
};

// "192.0.2.0/24,2001:db8::/32", or nothing at all.
std::vector<AddressPrefix> prefixes(const std::string& text) {
    std::vector<AddressPrefix> list;
    std::istringstream in(text);
    for (std::string prefix; std::getline(in, prefix, ',');)
        list.push_back(address_prefix_from_text(prefix).value());
    return list;
}

void set(Case& golden, std::istringstream in) {
    std::string key;
    std::string value;
    in >> key >> value;
    if (key == "zone") {
        golden.service.zones.push_back(Name::from_text(value).value());
    } else if (key == "scan_limit") {
        golden.service.scan_limit = std::stoull(value);
    } else if (key == "udp_payload") {
        golden.service.udp_payload = static_cast<std::uint16_t>(std::stoul(value));
    } else if (key == "default_limit") {
        golden.service.default_limit = static_cast<std::uint32_t>(std::stoul(value));
    } else if (key == "allow") {
        golden.service.access.allow(prefixes(value));
    } else if (key == "deny") {
        golden.service.access.deny(prefixes(value));
    } else if (const ViewWord* view =
                   key.starts_with("view_") ? find_view(key.substr(5)) : nullptr) {
        golden.service.access.allow_view(view->view, prefixes(value));
    } else if (key == "type_whois") {
        golden.service.access.allow_personal(prefixes(value));
    } else if (key == "identity") {
        golden.service.identity = value;
    } else if (key == "chaos") {
        golden.service.chaos = value == "on";
    } else if (key == "cookie_secret") {
        golden.service.cookies.emplace(std::vector{conf::cookie_secret_from_text(value).value()});
    } else if (key == "require_key") {
        golden.service.require_key = AddressSet(prefixes(value));
    } else if (key == "broken") {
        golden.broken = true;
    } else {
        throw std::runtime_error("there is nothing to set that is called " + key);
    }
}

Case read_case(std::istream& in) {
    enum class Part { head, given, query, expected } part = Part::head;
    Case golden;
    golden.service.zones.push_back(Name::from_text("pdns.local.").value());
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.starts_with('#')) continue;
        if (line.empty()) {
            if (part == Part::expected) part = Part::head;
        } else if (line.starts_with("query ")) {
            golden.queries.push_back({number, expand(line.substr(6)).front(), {}});
            part = Part::query;
        } else if (line == "----" && part == Part::query) {
            part = Part::expected;
        } else if (part == Part::expected) {
            for (std::string& expanded : expand(line)) {
                golden.queries.back().expected.push_back(std::move(expanded));
            }
        } else if (line.starts_with("set ") && part == Part::head) {
            set(golden, std::istringstream(line.substr(4)));
        } else if (line == "given" && part == Part::head) {
            part = Part::given;
        } else if (part == Part::given) {
            golden.given.push_back(line);
        } else {
            throw std::runtime_error("line " + std::to_string(number) +
                                     " is out of place: " + line);
        }
    }
    for (const QueryBlock& query : golden.queries) {
        if (query.expected.empty()) throw std::runtime_error("nothing is expected of a query");
    }
    if (golden.queries.empty()) throw std::runtime_error("there is no query");
    return golden;
}

// `line-*` in what is expected stands for any place of a line (storage/answer/line_place.hpp).
bool matches(std::string_view expected, std::string_view got) {
    std::string without_place;
    if (expected.find("line-*") != std::string_view::npos) {
        without_place = test::with_any_place(std::string(got));
        got = without_place;
    }
    const bool quoted = expected.ends_with("...\"");
    if (!quoted && !expected.ends_with("...")) return expected == got;
    expected.remove_suffix(quoted ? 4 : 3);
    return got.starts_with(expected);
}

// True where they are the same; else shows both, line by line.
bool compare(const QueryBlock& query, const std::vector<std::string>& got, const char* file) {
    bool same = query.expected.size() == got.size();
    for (std::size_t i = 0; same && i < got.size(); ++i)
        same = matches(query.expected[i], got[i]);
    if (same) return true;
    std::printf("%s:%zu: query %s\n", file, query.line_number, query.words.c_str());
    std::size_t e = 0;
    std::size_t g = 0;
    // A line that comes later on the other side has others before it that are only there.
    const auto comes_later = [](const auto& lines, std::size_t from, auto&& is_it) {
        for (std::size_t i = from; i < lines.size(); ++i) {
            if (is_it(lines[i])) return true;
        }
        return false;
    };
    while (e < query.expected.size() || g < got.size()) {
        if (e < query.expected.size() && g < got.size() && matches(query.expected[e], got[g])) {
            std::printf("    %s\n", got[g].c_str());
            ++e;
            ++g;
        } else if (e < query.expected.size() &&
                   !(g < got.size() &&
                     comes_later(query.expected, e,
                                 [&](const auto& line) { return matches(line, got[g]); }) &&
                     comes_later(got, g, [&](const auto& line) {
                         return matches(query.expected[e], line);
                     }))) {
            std::printf("  - %s\n", query.expected[e++].c_str());
        } else {
            std::printf("  + %s\n", got[g++].c_str());
        }
    }
    return false;
}

// Whether the answer is the same where it was prefetched.
bool is_same_prefetched(Responder& responder, Octets request, const Client& client, Octets answer) {
    std::array<std::optional<ParsedRequest>, 1> batch;
    batch[0].emplace(request);
    responder.prefetch(batch);
    std::vector<std::uint8_t> room(max_tcp_octets);
    const std::size_t size = responder.respond(*batch[0], client, room).size;
    if (equal(Octets(room).first(size), answer)) return true;
    std::printf("the answer is another where it is prefetched\n");
    return false;
}

bool run(const char* file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("it cannot be read");
    const Case golden = read_case(in);
    Given given;
    for (const std::string& line : golden.given) {
        for (const std::string& expanded : expand(line))
            given.add(expanded, now);
    }
    const TemporaryDirectory directory;
    given.write(directory.path(), written);
    if (golden.broken) break_store(directory.path());
    History history(directory.path());
    Responder responder(history, golden.service);
    std::vector<std::uint8_t> room(max_tcp_octets);
    bool passed = true;
    for (const QueryBlock& query : golden.queries) {
        const Ask ask = ask_from_text(query.words);
        if (!responder.begin(now)) throw std::runtime_error("the store has outgrown its map");
        const auto request = request_of(ask);
        const std::size_t size = responder.respond(request, ask.client(), room).size;
        passed = is_same_prefetched(responder, request, ask.client(), Octets(room).first(size)) &&
                 passed;
        responder.end();
        const auto got = show_response(Octets(room).first(size), ask, golden.service.ttl);
        passed = compare(query, got, file) && passed;
    }
    return passed;
}

}  // namespace

int main(int argc, char** argv) {
    bool passed = argc > 1;
    for (int i = 1; i < argc; ++i) {
        try {
            passed = run(argv[i]) && passed;
        } catch (const std::exception& error) {
            std::printf("%s: %s\n", argv[i], error.what());
            passed = false;
        }
    }
    return passed ? 0 : 1;
}
