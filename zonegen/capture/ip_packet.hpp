// IPv4 and IPv6 headers (RFC 791, RFC 8200), up to the protocol above IP.
//
// Checksums are not looked at: where a capture was made on the sending machine the card had not yet
// filled them in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"

namespace dnshist::zonegen {

// IPv6, or IPv4 as ::ffff:0:0/96. Addresses tell packets of different conversations apart, and are
// forgotten with them.
using Address = std::array<std::uint8_t, 16>;

// Of a datagram sent in pieces: where this piece belongs.
struct FragmentHeader {
    std::uint32_t identification;
    std::size_t offset;  // octets
    bool more;           // pieces follow
};

struct IpPacket {
    bool version_6;
    Address source;
    Address destination;
    std::uint8_t protocol;  // of what is in the payload; may be an extension header
    Octets payload;
    bool cut;                                // the capture has less of it than was sent
    std::optional<FragmentHeader> fragment;  // IPv4's
};

// Nothing where it is malformed. What follows the packet in a frame (padding, checksums) is left
// out.
std::optional<IpPacket> read_ip(Octets octets) noexcept;

struct UpperLayer {
    std::uint8_t protocol;
    Octets payload;
    std::optional<FragmentHeader> fragment;  // the rest is a piece: protocol is of the whole
};

// Passes over extension headers, of which an authentication header may be in IPv4 too. Nothing
// where they are malformed, or too many.
std::optional<UpperLayer> skip_extensions(std::uint8_t protocol, Octets payload) noexcept;

}  // namespace dnshist::zonegen
