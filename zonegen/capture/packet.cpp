#include "zonegen/capture/packet.hpp"

#include <xxhash.h>

#include <algorithm>

#include "zonegen/capture/link_layer.hpp"
#include "zonegen/capture/tunnels.hpp"

namespace dnshist::zonegen {

namespace {

namespace protocol {
constexpr std::uint8_t ipv4 = 4;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t ipv6 = 41;
constexpr std::uint8_t gre = 47;
constexpr std::uint8_t mpls = 137;
}  // namespace protocol

// The same whichever end it comes from.
std::uint64_t with_tunnel(std::uint64_t outer, std::uint8_t protocol, const IpPacket& packet) {
    std::array<std::uint8_t, 41> octets;
    const auto [low, high] = std::minmax(packet.source, packet.destination);
    auto end = std::copy(low.begin(), low.end(), octets.begin());
    end = std::copy(high.begin(), high.end(), end);
    for (unsigned shift = 0; shift < 64; shift += 8)
        *end++ = static_cast<std::uint8_t>(outer >> shift);
    *end = protocol;
    return XXH3_64bits(octets.data(), octets.size());
}

Packet read_tcp(const IpPacket& packet, Octets octets, std::uint64_t outer) noexcept {
    OctetReader reader(octets);
    const auto source_port = reader.u16();
    const auto destination_port = reader.u16();
    const auto sequence = reader.u32();
    reader.u32();  // acknowledgement
    const auto offset = reader.u8();
    const auto flags = reader.u8();
    if (!reader.octets(6)) return PassedOver::malformed;  // window, checksum, urgent pointer
    const std::size_t header = (unsigned{*offset} >> 4) * std::size_t{4};
    if (header < 20 || !reader.octets(header - 20)) return PassedOver::malformed;
    Segment segment{{packet.source, packet.destination, *source_port, *destination_port, outer},
                    *sequence,
                    (*flags & 0x02U) != 0,
                    (*flags & 0x10U) != 0,
                    reader.rest()};
    if (segment.synchronize) ++segment.sequence;  // SYN has a number of its own
    return segment;
}

}  // namespace

struct PacketReader::Walk {
    PacketTime now;
    std::uint64_t outer = 0;
};

Packet PacketReader::read(int link_type, Octets frame, PacketTime now) {
    whole_.clear();
    const Opened opened = open_frame(link_type, frame);
    if (!opened) return PassedOver::not_ip;
    Walk walk{now};
    Inner inner = *opened;
    for (int layers = 0; layers < max_layers; ++layers) {
        Step next = step(walk, inner);
        if (const auto* const passed = std::get_if<PassedOver>(&next)) return *passed;
        if (const auto* const datagram = std::get_if<Datagram>(&next)) return *datagram;
        if (const auto* const segment = std::get_if<Segment>(&next)) return *segment;
        inner = std::get<Inner>(next);
    }
    return PassedOver::too_many_layers;
}

PacketReader::Step PacketReader::step(Walk& walk, const Inner& inner) {
    const auto or_not_ip = [](const Opened& opened) -> Step {
        if (!opened) return PassedOver::not_ip;
        return *opened;
    };
    switch (inner.layer) {
        case Layer::ethernet:
            return or_not_ip(open_ethernet(inner.octets));
        case Layer::link_control:
            return or_not_ip(open_link_control(inner.octets));
        case Layer::point_to_point:
            return or_not_ip(open_point_to_point(inner.octets));
        case Layer::labels:
            return or_not_ip(open_labels(inner.octets));
        case Layer::ip:
            break;
    }
    return ip(walk, inner.octets);
}

PacketReader::Step PacketReader::ip(Walk& walk, Octets octets) {
    const auto packet = read_ip(octets);
    if (!packet) return PassedOver::malformed;
    if (packet->fragment) {
        if (packet->cut) return PassedOver::cut;
        return fragment(walk, *packet, {packet->protocol, packet->payload, packet->fragment});
    }
    const auto layer = skip_extensions(packet->protocol, packet->payload);
    if (!layer) return packet->cut ? PassedOver::cut : PassedOver::malformed;
    if (layer->fragment) {
        if (packet->cut) return PassedOver::cut;
        return fragment(walk, *packet, *layer);
    }
    return upper(walk, *packet, *layer, packet->cut);
}

PacketReader::Step PacketReader::fragment(Walk& walk, const IpPacket& packet,
                                          const UpperLayer& layer) {
    const FragmentHeader& header = *layer.fragment;
    UpperLayer joined{layer.protocol, layer.payload, std::nullopt};
    if (header.more || header.offset != 0) {
        const FragmentKey key{packet.source,
                              packet.destination,
                              walk.outer,
                              header.identification,
                              packet.version_6 ? std::uint8_t{0} : packet.protocol,
                              packet.version_6};
        auto added = fragments_.add(key, header, layer.protocol, layer.payload, walk.now);
        if (added.state == Fragments::State::incomplete) return PassedOver::fragment;
        if (added.state == Fragments::State::refused) return PassedOver::refused;
        joined = {added.whole.protocol, whole_.emplace_back(std::move(added.whole.octets)),
                  std::nullopt};
    }
    // Further extension headers may have been in the first fragment; another fragment header not.
    const auto rest = skip_extensions(joined.protocol, joined.payload);
    if (!rest || rest->fragment) return PassedOver::malformed;
    return upper(walk, packet, *rest, false);
}

PacketReader::Step PacketReader::upper(Walk& walk, const IpPacket& packet, UpperLayer layer,
                                       bool cut) {
    Opened inner;
    switch (layer.protocol) {
        case protocol::udp:
            return udp(walk, packet, layer.payload, cut);
        case protocol::tcp: {
            const Packet segment = read_tcp(packet, layer.payload, walk.outer);
            if (const auto* const read = std::get_if<Segment>(&segment)) return *read;
            return cut ? PassedOver::cut : PassedOver::malformed;
        }
        case protocol::ipv4:
        case protocol::ipv6:
            inner = Inner{Layer::ip, layer.payload};
            break;
        case protocol::mpls:
            inner = Inner{Layer::labels, layer.payload};
            break;
        case protocol::gre:
            inner = open_gre(layer.payload);
            break;
        default:
            return PassedOver::other_protocol;
    }
    if (!inner) return PassedOver::not_ip;
    walk.outer = with_tunnel(walk.outer, layer.protocol, packet);
    return *inner;
}

PacketReader::Step PacketReader::udp(Walk& walk, const IpPacket& packet, Octets octets, bool cut) {
    OctetReader reader(octets);
    const auto source_port = reader.u16();
    const auto destination_port = reader.u16();
    const auto length = reader.u16();
    constexpr std::size_t header = 8;
    if (!reader.u16()) return cut ? PassedOver::cut : PassedOver::malformed;
    if (*length < header) return PassedOver::malformed;
    const bool short_of_it = reader.remaining() < *length - header;
    const Octets payload = reader.rest().first(std::min(reader.remaining(), *length - header));

    const Endpoints between{packet.source, packet.destination, *source_port, *destination_port,
                            walk.outer};
    if (!is_dns(between)) {
        const std::uint16_t port =
            is_tunnel_port(*destination_port) ? *destination_port : *source_port;
        if (const Opened inner = open_udp_tunnel(port, payload)) {
            walk.outer = with_tunnel(walk.outer, protocol::udp, packet);
            return *inner;
        }
    }
    if (short_of_it) return cut ? PassedOver::cut : PassedOver::malformed;
    return Datagram{between, payload};
}

bool PacketReader::is_dns(const Endpoints& between) const noexcept {
    return std::any_of(ports_.begin(), ports_.end(), [&](std::uint16_t port) {
        return port == between.source_port || port == between.destination_port;
    });
}

}  // namespace dnshist::zonegen
