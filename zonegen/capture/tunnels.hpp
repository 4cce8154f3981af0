// Tunnels: packets within packets.
//
// A sensor may receive mirrored traffic through a tunnel (ERSPAN, VXLAN, GRE, TZSP) or see
// customers' traffic in one (GTP-U, L2TP, Teredo, MPLS). A tunnel over UDP is recognised by its
// destination port, and then by the form of its header.
#pragma once

#include <cstdint>

#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

// GRE (RFC 2784, RFC 2890), also as used by PPTP (RFC 2637) and with ERSPAN types I to III inside.
Decoded decode_gre(Octets octets) noexcept;

bool is_tunnel_port(std::uint16_t port) noexcept;
// The payload of a datagram to or from such a port. Nothing if it does not have the header of that
// tunnel.
Decoded decode_udp_tunnel(std::uint16_t port, Octets payload) noexcept;

}  // namespace dnshist::zonegen
