// IP addresses as text and as octets. The C library's functions need a terminating zero and are
// slow; an address is read for most records imported, and written for most records shown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"

namespace dnshist {

using Ipv4Address = std::array<std::uint8_t, 4>;
using Ipv6Address = std::array<std::uint8_t, 16>;

// Four decimal numbers without leading zeros: 192.0.2.1.
std::optional<Ipv4Address> ipv4_from_text(std::string_view text) noexcept;

// RFC 4291, section 2.2, all three forms: in full, with "::", with an IPv4 address at the end.
std::optional<Ipv6Address> ipv6_from_text(std::string_view text) noexcept;

// `address` has 4 octets.
void write_ipv4(TextWriter& out, Octets address) noexcept;

// RFC 5952; an IPv4-mapped address as ::ffff:192.0.2.1. `address` has 16 octets.
void write_ipv6(TextWriter& out, Octets address) noexcept;

}  // namespace dnshist
