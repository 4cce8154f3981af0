// What a header leads to: the next layer of a packet, and its octets.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"

namespace dnshist::zonegen {

enum class Layer : std::uint8_t {
    ethernet,        // from the destination address on
    link_control,    // IEEE 802.2 LLC, with SNAP or without
    point_to_point,  // PPP
    labels,          // MPLS
    ip,              // IPv4 or IPv6, as its first four bits say
};

struct Inner {
    Layer layer;
    Octets octets;
};

// Nothing where the header is malformed, or leads to something that carries no DNS.
using Opened = std::optional<Inner>;

}  // namespace dnshist::zonegen
