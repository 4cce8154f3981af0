// A prefix of IP addresses (CIDR, RFC 4632), as the configuration names groups of clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/text/address.hpp"

namespace dnshist {

struct AddressPrefix {
    // Its first address; IPv4 as IPv4-mapped (RFC 4291, section 2.5.5.2).
    Ipv6Address address{};
    // How many bits are fixed: of 128, and so for IPv4 96 more than is written. A shorter prefix is
    // of IPv6 alone: "::/0" has no IPv4 address in it.
    std::uint8_t length = 0;

    friend bool operator==(const AddressPrefix&, const AddressPrefix&) = default;
};

// The network that the text names: "192.0.2.0/24", "2001:db8::/32", or an address alone. Nothing
// where it is none, or has bits set beyond its length: 192.0.2.1/24 may mean the host or the
// network.
std::optional<AddressPrefix> address_prefix_from_text(std::string_view text);

// Whether the address, IPv4 as IPv4-mapped, is one of the network.
bool contains(const AddressPrefix& network, const Ipv6Address& address) noexcept;

// A suggestion for a text that is no prefix: the same network without the bits beyond its length.
// Empty where there is none.
std::string nearest_address_prefix(std::string_view text);

}  // namespace dnshist
