// A network as a configuration names it: an address, or a prefix in CIDR notation.
//
//     192.0.2.1   192.0.2.0/24   0.0.0.0/0   2001:db8::/32   ::/0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/octets.hpp"

namespace dnshist {

struct Network {
    std::array<std::uint8_t, 16> octets{};  // the first 4 or all; zero behind the prefix
    std::uint8_t size = 16;                 // 4 or 16
    std::uint8_t length = 0;                // bits

    // `address` has 4 or 16 octets; an IPv6 network contains no IPv4 address, and the other way
    // round.
    bool contains(Octets address) const noexcept;

    friend bool operator==(const Network&, const Network&) = default;
};

// Nothing where the text is no network, or bits stand behind the prefix (192.0.2.1/24).
std::optional<Network> network_from_text(std::string_view text) noexcept;

}  // namespace dnshist
