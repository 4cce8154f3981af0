// A prefix of IP addresses (CIDR, RFC 4632), as the configuration names the clients that it means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/text/address.hpp"

namespace dnshist {

struct AddressPrefix {
    // The first address of it; IPv4 as IPv4-mapped (RFC 4291, section 2.5.5.2).
    Ipv6Address address{};
    // How many bits are fixed: of 128, and so for IPv4 96 more than is written. A shorter prefix is
    // of IPv6 alone: "::/0" has no IPv4 address in it.
    std::uint8_t length = 0;

    friend bool operator==(const AddressPrefix&, const AddressPrefix&) = default;
};

// The network that the text names: "192.0.2.0/24", "2001:db8::/32", or an address alone. Nothing
// where it is none, or has bits behind its length: who writes 192.0.2.1/24 may mean either.
std::optional<AddressPrefix> address_prefix_from_text(std::string_view text);

// The prefix that was perhaps meant by a text that is none: the network without the bits behind its
// length. Empty where none is near.
std::string nearest_address_prefix(std::string_view text);

}  // namespace dnshist
