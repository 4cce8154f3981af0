// A question as a message, made from words:
//
//     TYPE NAME [tcp] [noedns] [edns OCTETS] [version N] [do] [rd] [class C] [opcode N]
//         [from ADDRESS]
//
// It goes over UDP with EDNS and 1232 octets, from 127.0.0.1, unless they say otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "responder/client.hpp"
#include "responder/message.hpp"
#include "storage/address.hpp"

namespace dnshist::test {

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
    Ipv6Address from = Client{}.address;  // IPv4 as IPv4-mapped

    Client client() const { return {transport, from}; }
};

// Throws std::runtime_error where the words are none of these.
Ask ask_from_text(std::string_view words);

inline constexpr std::uint16_t ask_id = 0x1d5f;
std::vector<std::uint8_t> request_of(const Ask& ask);

}  // namespace dnshist::test
