// The PROXY protocol, version 2: by what stands before a connection's own octets, a proxy says
// whose connection it passes on (HAProxy's proxy-protocol.txt, section 2.2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"

namespace dnshist::responder {

struct ProxyHeader {
    // The client; IPv4 as an IPv4-mapped address. None for a connection of the proxy's own.
    std::optional<std::array<std::uint8_t, 16>> client;
};

inline constexpr std::size_t proxy_head_octets = 16;  // before the addresses
inline constexpr std::size_t longest_proxy_header = 1024;

// How long the header is that begins with these proxy_head_octets; nothing where it is none, or
// longer than longest_proxy_header.
std::optional<std::size_t> proxy_header_size(Octets head) noexcept;
// Reads a header that is whole; nothing where it is malformed, or does not say who the client is.
std::optional<ProxyHeader> read_proxy_header(Octets header) noexcept;

}  // namespace dnshist::responder
