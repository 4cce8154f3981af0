// Decodes IPv4 and IPv6 headers (RFC 791, RFC 8200) up to the protocol above IP.
//
// Checksums are ignored: in a capture made on the sending machine the network card had not yet
// filled them in. (That of a datagram in fragments is not: see packet_decoder.cpp.)
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"

namespace dnshist::zonegen {

// IPv6, or IPv4 as ::ffff:0:0/96. Addresses only tell conversations apart and are never stored.
using Address = std::array<std::uint8_t, 16>;

// Packets from these addresses, and to these groups, never pass a router (RFC 3927, section 2.7;
// RFC 4291, sections 2.5.6 and 2.7; RFC 5771, section 4).
bool is_link_local(const Address& address) noexcept;
bool is_link_local_multicast(const Address& address) noexcept;

// The place of a fragment in its datagram.
struct FragmentHeader {
    std::uint32_t identification;
    std::size_t offset;  // octets
    bool more;           // another fragment follows
};

struct IpPacket {
    bool version_6;
    Address source;
    Address destination;
    std::uint8_t protocol;  // of the payload; may be an extension header
    Octets payload;
    bool cut;                                // the capture has less of it than was sent
    std::optional<FragmentHeader> fragment;  // IPv4's
};

// Nothing if it is malformed. Padding and checksums behind the packet are left out.
std::optional<IpPacket> read_ip(Octets octets) noexcept;

struct UpperLayer {
    std::uint8_t protocol;
    Octets payload;
    std::optional<FragmentHeader>
        fragment;  // the payload is a fragment, the protocol that of the datagram
};

// Skips extension headers; IPv4 may have an authentication header. Nothing if they are malformed or
// too many.
std::optional<UpperLayer> skip_extensions(std::uint8_t protocol, Octets payload) noexcept;

}  // namespace dnshist::zonegen
