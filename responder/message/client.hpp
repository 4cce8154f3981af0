// The client of a request: its address and transport.
#pragma once

#include <array>
#include <cstdint>

#include "responder/message/request_reader.hpp"
#include "storage/base/octets.hpp"

namespace dnshist::responder {

struct Client {
    Transport transport = Transport::udp;
    // An IPv6 address; IPv4 as an IPv4-mapped one (RFC 4291, section 2.5.5.2).
    std::array<std::uint8_t, 16> address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};

    bool is_ipv4() const noexcept {
        constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        return starts_with(address, mapped);
    }
    // 4 or 16 octets.
    Octets ip() const noexcept { return Octets(address).subspan(is_ipv4() ? 12 : 0); }
};

}  // namespace dnshist::responder
