// The link layer: from the octets of a captured frame to the IP packet in it.
//
// Link types are those of https://www.tcpdump.org/linktypes.html. Each is opened by a short
// function; a table says which.
#pragma once

#include <cstdint>

#include "zonegen/capture/next_layer.hpp"

namespace dnshist::zonegen {

// A link type is one that open_frame() knows.
bool link_type_known(int link_type) noexcept;

// `link_type` is libpcap's DLT value.
Opened open_frame(int link_type, Octets frame) noexcept;

// The layers between a frame and IP. Ethernet may carry VLAN tags (IEEE 802.1Q, 802.1ad, also as
// older switches write them), LLC with SNAP, MPLS and PPPoE.
Opened open_ethernet(Octets frame) noexcept;
Opened open_link_control(Octets octets) noexcept;
Opened open_point_to_point(Octets octets) noexcept;
Opened open_labels(Octets octets) noexcept;

// What follows an EtherType, VLAN tags taken off.
Opened open_ethertype(std::uint16_t type, Octets octets) noexcept;

}  // namespace dnshist::zonegen
