// A question as a message, made from words (tests/README.md, "A golden case").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "responder/message/client.hpp"
#include "responder/message/request_reader.hpp"

namespace dnshist::test {

using namespace responder;

struct Ask {
    std::vector<std::uint8_t> name;  // wire form, in the case in which it was written
    Rrtype type{};
    Rrclass rrclass = Rrclass::IN;
    Transport transport = Transport::udp;
    std::optional<std::uint16_t> edns = 1232;  // octets
    std::uint8_t edns_version = 0;
    bool dnssec_ok = false;
    bool recursion_desired = false;
    std::uint8_t opcode = 0;
    std::vector<std::uint8_t> options;  // as OPT has them
    Client client() const;
    std::array<std::uint8_t, 16> address = Client().address;
};

// Throws std::runtime_error if the words are not in that notation.
Ask ask_from_text(std::string_view words);

inline constexpr std::uint16_t ask_id = 0x1d5f;
std::vector<std::uint8_t> request_of(const Ask& ask);

}  // namespace dnshist::test
