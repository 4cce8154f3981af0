// Tunnels: packets within packets.
//
// Sensors sit where traffic is mirrored to them in tunnels (ERSPAN, VXLAN, GRE, TZSP), and where
// customers' traffic passes in them (GTP-U, L2TP, Teredo, MPLS). Tunnels over UDP are told by their
// port of destination and then held to the form of their header.
#pragma once

#include <cstdint>

#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

// GRE (RFC 2784, RFC 2890), as PPTP has it (RFC 2637), and with ERSPAN types I to III in it.
Decoded decode_gre(Octets octets) noexcept;

bool is_tunnel_port(std::uint16_t port) noexcept;
// The payload of a datagram to or from such a port. Nothing where it is none of that tunnel.
Decoded decode_udp_tunnel(std::uint16_t port, Octets payload) noexcept;

}  // namespace dnshist::zonegen
