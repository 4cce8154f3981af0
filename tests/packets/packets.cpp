// Runs packet cases: packets GIVEN FILE...
//
// Each file has messages and the answers to them, to the octet; tests/README.md has the notation.
// All cases are asked of the store GIVEN as of 2026-01-01, written a day before.
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "conf/cookie_secret.hpp"
#include "responder/answer/respond.hpp"
#include "responder/message/framing.hpp"
#include "storage/text/address.hpp"
#include "tests/support/given.hpp"
#include "tests/support/notation.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace dnshist;
using namespace dnshist::responder;
using namespace dnshist::test;

constexpr Seconds usual_now{1767225600};  // 2026-01-01T00:00:00Z
constexpr Seconds written{1767139200};    // 2025-12-31T00:00:00Z

struct Settings {
    ServiceConfig service;
    Client client;
    bool framed = false;  // the message is a stream of them, as TCP has it
    std::vector<CookieSecret> cookie_secrets;
    Seconds now = usual_now;
};

struct Case {
    std::size_t line_number = 0;
    std::string name;
    Settings settings;
    std::string message;
    std::string answer;
    std::size_t cut_from = 0;
    std::size_t cut_to = 0;
    std::vector<std::string> with;
};

struct Packets {
    Definitions definitions;
    std::vector<Case> cases;
};

std::array<std::uint8_t, 16> address_from_text(const std::string& text) {
    std::array<std::uint8_t, 16> address = Client().address;
    if (const auto v6 = ipv6_from_text(text)) return *v6;
    std::ranges::copy(ipv4_from_text(text).value(), address.begin() + 12);
    return address;
}

void set(Settings& settings, std::istringstream& in) {
    std::string key;
    std::string value;
    in >> key >> value;
    if (key == "zone") {
        settings.service.zones.push_back(Name::from_text(value).value());
    } else if (key == "udp_payload") {
        settings.service.udp_payload = static_cast<std::uint16_t>(std::stoul(value));
    } else if (key == "tcp_idle") {
        settings.service.tcp_idle = static_cast<std::uint32_t>(std::stoul(value));
    } else if (key == "identity") {
        settings.service.identity = expand(value).front();
    } else if (key == "chaos") {
        settings.service.chaos = value == "on";
    } else if (key == "cookie_secret") {
        settings.cookie_secrets.push_back(conf::cookie_secret_from_text(value).value());
        settings.service.cookies = Cookies(settings.cookie_secrets);
    } else if (key == "client") {
        settings.client.address = address_from_text(value);
    } else if (key == "deny") {
        const std::vector<AddressPrefix> denied{address_prefix_from_text(value).value()};
        settings.service.access.deny(denied);
    } else if (key == "now") {
        settings.now = Seconds{static_cast<std::uint32_t>(std::stoul(value))};
    } else {
        throw std::runtime_error("there is nothing to set that is called " + key);
    }
}

// True where the line is one of the case's, not of its message.
bool read_option(Case& packet, const std::string& line) {
    std::istringstream in(line);
    std::string word;
    in >> word;
    if (word == "over") {
        in >> word;
        packet.settings.client.transport = word == "udp"   ? Transport::udp
                                           : word == "tls" ? Transport::tls
                                                           : Transport::tcp;
        packet.settings.framed = word == "stream";
    } else if (word == "set") {
        set(packet.settings, in);
    } else if (word == "cut") {
        char dot = 0;
        if (!(in >> packet.cut_from >> dot >> dot >> packet.cut_to)) {
            throw std::runtime_error("no two lengths in: " + line);
        }
    } else if (word == "with") {
        while (in >> word)
            packet.with.push_back(word);
    } else {
        return false;
    }
    return true;
}

Packets read_packets(std::istream& in) {
    Packets packets;
    packets.definitions["version"] = "\"dnshist " DNSHIST_VERSION "\"";
    Case common;
    common.settings.service.zones.push_back(Name::from_text("pdns.local.").value());
    bool in_answer = false;
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("let ")) {
            const std::size_t end = line.find(' ', 4);
            packets.definitions[line.substr(4, end - 4)] = line.substr(end);
        } else if (line.starts_with("case ")) {
            packets.cases.push_back(common);
            packets.cases.back().line_number = number;
            packets.cases.back().name = line.substr(5);
            in_answer = false;
        } else if (packets.cases.empty()) {
            if (!read_option(common, line)) throw std::runtime_error("in no case: " + line);
        } else if (line == "----") {
            in_answer = true;
        } else if (in_answer) {
            packets.cases.back().answer += line + '\n';
        } else if (!read_option(packets.cases.back(), line)) {
            packets.cases.back().message += line + '\n';
        }
    }
    return packets;
}

std::string replace(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
        text.replace(at, what.size(), by);
        at += by.size();
    }
    return text;
}

class Runner {
  public:
    explicit Runner(const char* given_file) {
        std::ifstream in(given_file);
        if (!in) throw std::runtime_error(std::string("cannot read ") + given_file);
        Given given;
        for (std::string line; std::getline(in, line);) {
            if (line.empty() || line.starts_with('#')) continue;
            for (const std::string& expanded : expand(line))
                given.add(expanded, usual_now);
        }
        given.write(directory_.path(), written);
        history_ = std::make_unique<History>(directory_.path());
    }

    void run_file(const char* file) {
        std::ifstream in(file);
        if (!in) throw std::runtime_error(std::string("cannot read ") + file);
        const Packets packets = read_packets(in);
        if (packets.cases.empty()) throw std::runtime_error(std::string("no case in ") + file);
        for (const Case& packet : packets.cases) {
            where_ =
                std::string(file) + ':' + std::to_string(packet.line_number) + ": " + packet.name;
            try {
                run_case(packet, packets.definitions);
            } catch (const std::exception& error) {
                throw std::runtime_error(where_ + ": " + error.what());
            }
        }
        cases_ += packets.cases.size();
    }

    // The exit status.
    int report() const {
        std::printf("%zu cases, %zu messages, %zu answers are not as expected\n", cases_, messages_,
                    failures_);
        return failures_ == 0 ? 0 : 1;
    }

  private:
    void run_case(const Case& packet, const Definitions& definitions) {
        if (packet.with.empty())
            run_variant(packet, definitions, "", packet.message, packet.answer);
        for (const std::string& pair : packet.with) {
            const std::size_t sign = std::min(pair.find('='), pair.size());
            const std::string first = pair.substr(0, sign);
            const std::string second = sign < pair.size() ? pair.substr(sign + 1) : "";
            const auto apply = [&](const std::string& text) {
                return replace(replace(text, "@1", first), "@2", second);
            };
            run_variant(packet, definitions, ", with " + pair, apply(packet.message),
                        apply(packet.answer));
        }
    }

    void run_variant(const Case& packet, const Definitions& definitions, const std::string& which,
                     const std::string& message_text, const std::string& answer_text) {
        const auto message = octets_of(parts_from_text(message_text, definitions));
        const Parts expected =
            answer_text == "nothing\n" ? Parts{} : parts_from_text(answer_text, definitions);
        if (answer_text.empty()) throw std::runtime_error("there is no answer, not even: nothing");
        if (packet.cut_to == 0) return send(packet, which, message, expected);
        if (packet.cut_to >= message.size()) {
            throw std::runtime_error("nothing is cut off " + std::to_string(message.size()));
        }
        for (std::size_t size = packet.cut_from; size <= packet.cut_to; ++size) {
            send(packet, which + ", cut to " + std::to_string(size), Octets(message).first(size),
                 expected);
        }
    }

    void send(const Case& packet, const std::string& which, Octets octets, const Parts& expected) {
        ++messages_;
        // Allocated at exactly its length, so that a sanitizer sees a read past the end.
        const std::vector<std::uint8_t> message(octets.begin(), octets.end());
        Responder responder(*history_, packet.settings.service);
        if (!responder.begin(packet.settings.now)) {
            throw std::runtime_error("the store outgrew its map");
        }
        const auto answer = packet.settings.framed
                                ? answer_stream(responder, packet.settings.client, message)
                                : answer_one(responder, packet.settings.client, message);
        responder.end();
        if (matches(expected, answer)) return;
        ++failures_;
        std::printf("%s%s\n  message\n%s\n  expected\n%s\n  came\n%s\n", where_.c_str(),
                    which.c_str(), show(Octets(message)).c_str(), show(expected).c_str(),
                    show(Octets(answer)).c_str());
    }

    static std::vector<std::uint8_t> answer_one(Responder& responder, const Client& client,
                                                Octets message) {
        std::vector<std::uint8_t> room(client.transport == Transport::udp ? 4096 : max_tcp_octets);
        room.resize(responder.respond(message, client, room).size);
        return room;
    }

    // The responses to a stream of messages on a connection that the client leaves open.
    static std::vector<std::uint8_t> answer_stream(Responder& responder, const Client& client,
                                                   Octets stream) {
        std::vector<std::uint8_t> out;
        while (!too_long(stream)) {
            const auto message = take_message(stream);
            if (!message) break;
            const auto answer = answer_one(responder, client, *message);
            if (answer.empty()) continue;
            out.push_back(static_cast<std::uint8_t>(answer.size() >> 8));
            out.push_back(static_cast<std::uint8_t>(answer.size()));
            out.insert(out.end(), answer.begin(), answer.end());
        }
        return out;
    }

    TemporaryDirectory directory_;
    std::unique_ptr<History> history_;
    std::string where_;
    std::size_t cases_ = 0;
    std::size_t messages_ = 0;
    std::size_t failures_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: packets GIVEN FILE...\n", stderr);
        return 2;
    }
    try {
        Runner runner(argv[1]);
        for (int i = 2; i < argc; ++i)
            runner.run_file(argv[i]);
        return runner.report();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
