// The link layer: from a captured frame to the IP packet in it.
//
// Link types are those of https://www.tcpdump.org/linktypes.html. A table in link_layer.cpp maps
// each to the function that decodes it.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"

namespace dnshist::zonegen {

enum class LayerType : std::uint8_t {
    ethernet,  // from the destination address on
    llc,       // IEEE 802.2, with SNAP or without
    ppp,
    mpls,
    ip,  // IPv4 or IPv6, as the first four bits say
};

// The layer that follows a decoded header.
struct NextLayer {
    LayerType type;
    Octets octets;
};

// Nothing if the header is malformed or the next layer cannot carry DNS.
using Decoded = std::optional<NextLayer>;

// Whether decode_frame() knows the link type.
bool link_type_known(int link_type) noexcept;

// `link_type` is libpcap's DLT value.
Decoded decode_frame(int link_type, Octets frame) noexcept;

// The layers between a frame and IP. Ethernet may carry VLAN tags (IEEE 802.1Q, 802.1ad, and the
// EtherTypes that older switches use for them), LLC with SNAP, MPLS and PPPoE.
Decoded decode_ethernet(Octets frame) noexcept;
Decoded decode_llc(Octets octets) noexcept;
Decoded decode_ppp(Octets octets) noexcept;
Decoded decode_mpls(Octets octets) noexcept;

// The payload of an EtherType, VLAN tags removed. A type below 0x600 is the length of an LLC frame.
Decoded decode_ethertype(std::uint16_t type, Octets octets) noexcept;

// Little-endian fields, which several capture headers have. Nothing if the octets run out.
std::optional<std::uint16_t> read_little16(OctetReader& reader) noexcept;
std::optional<std::uint32_t> read_little32(OctetReader& reader) noexcept;

}  // namespace dnshist::zonegen
