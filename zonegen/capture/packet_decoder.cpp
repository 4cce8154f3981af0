#include "zonegen/capture/packet_decoder.hpp"

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

// The digest for one more tunnel.
std::uint64_t with_tunnel(std::uint64_t tunnels, std::uint8_t protocol, const Address& from,
                          const Address& to) {
    std::array<std::uint8_t, 41> octets;
    auto end = std::copy(from.begin(), from.end(), octets.begin());
    end = std::copy(to.begin(), to.end(), end);
    for (unsigned shift = 0; shift < 64; shift += 8)
        *end++ = static_cast<std::uint8_t>(tunnels >> shift);
    *end = protocol;
    return XXH3_64bits(octets.data(), octets.size());
}

Packet read_tcp(const IpPacket& packet, Octets octets, std::uint64_t tunnels,
                std::uint64_t tunnels_back) noexcept {
    OctetReader reader(octets);
    const auto source_port = reader.u16();
    const auto destination_port = reader.u16();
    const auto sequence = reader.u32();
    const auto acknowledgement = reader.u32();
    const auto offset = reader.u8();
    const auto flags = reader.u8();
    if (!reader.octets(6)) return SkipReason::malformed;  // window, checksum, urgent pointer
    const std::size_t header = (unsigned{*offset} >> 4) * std::size_t{4};
    if (header < 20 || !reader.octets(header - 20)) return SkipReason::malformed;
    Segment segment{
        {packet.source, packet.destination, *source_port, *destination_port, tunnels, tunnels_back},
        *sequence,
        (*flags & 0x02U) != 0,
        (*flags & 0x10U) != 0,
        reader.rest(),
        *acknowledgement};
    if (segment.synchronize) ++segment.sequence;  // SYN takes one sequence number
    return segment;
}

// RFC 768. An address of IPv4 is mapped into IPv6, which adds 0xffff and so nothing to the sum.
bool udp_checksum_holds(const IpPacket& packet, Octets datagram) noexcept {
    std::uint64_t sum = protocol::udp + datagram.size();
    for (const Octets part : {Octets(packet.source), Octets(packet.destination), datagram}) {
        for (std::size_t i = 0; i < part.size(); ++i)
            sum += i % 2 == 0 ? std::uint64_t{part[i]} << 8U : part[i];
    }
    while (sum > 0xffff)
        sum = (sum & 0xffffU) + (sum >> 16U);
    return sum == 0xffff;
}

}  // namespace

struct PacketDecoder::Context {
    PacketTime now;
    std::uint64_t tunnels = 0;
    std::uint64_t tunnels_back = 0;
    bool joined = false;  // the packet is one of several fragments
};

void PacketDecoder::enter_tunnel(Context& context, std::uint8_t protocol,
                                 const IpPacket& packet) const {
    const auto sends = [&](const AddressPrefix& mirror) { return contains(mirror, packet.source); };
    // A packet in another tunnel may say that it comes from a mirror.
    const bool mirrored =
        context.tunnels == context.tunnels_back && std::ranges::any_of(mirrors_, sends);
    const Address& from = packet.source;
    const Address& to = packet.destination;
    context.tunnels = with_tunnel(context.tunnels, protocol, from, to);
    if (mirrored) {
        context.tunnels_back = context.tunnels;
    } else {
        context.tunnels_back = with_tunnel(context.tunnels_back, protocol, to, from);
        // From an address to itself, of which no direction is the other one.
        if (from == to) context.tunnels_back = ~context.tunnels_back;
    }
}

Packet PacketDecoder::decode(int link_type, Octets frame, PacketTime now) {
    reassembled_.clear();
    const Decoded first = decode_frame(link_type, frame);
    if (!first) return SkipReason::not_ip;
    Context context{now};
    NextLayer layer = *first;
    for (int layers = 0; layers < max_layers; ++layers) {
        Step next = decode_layer(context, layer);
        if (const auto* const reason = std::get_if<SkipReason>(&next)) return *reason;
        if (const auto* const datagram = std::get_if<Datagram>(&next)) return *datagram;
        if (const auto* const segment = std::get_if<Segment>(&next)) return *segment;
        layer = std::get<NextLayer>(next);
    }
    return SkipReason::too_many_layers;
}

PacketDecoder::Step PacketDecoder::decode_layer(Context& context, const NextLayer& layer) {
    const auto or_not_ip = [](const Decoded& decoded) -> Step {
        if (!decoded) return SkipReason::not_ip;
        return *decoded;
    };
    switch (layer.type) {
        case LayerType::ethernet:
            return or_not_ip(decode_ethernet(layer.octets));
        case LayerType::llc:
            return or_not_ip(decode_llc(layer.octets));
        case LayerType::ppp:
            return or_not_ip(decode_ppp(layer.octets));
        case LayerType::mpls:
            return or_not_ip(decode_mpls(layer.octets));
        case LayerType::ip:
            break;
    }
    return decode_ip(context, layer.octets);
}

PacketDecoder::Step PacketDecoder::decode_ip(Context& context, Octets octets) {
    const auto packet = read_ip(octets);
    if (!packet) return SkipReason::malformed;
    context.joined = false;
    if (packet->fragment) {
        if (packet->cut) return SkipReason::cut;
        return decode_fragment(context, *packet,
                               {packet->protocol, packet->payload, packet->fragment});
    }
    const auto layer = skip_extensions(packet->protocol, packet->payload);
    if (!layer) return packet->cut ? SkipReason::cut : SkipReason::malformed;
    if (layer->fragment) {
        if (packet->cut) return SkipReason::cut;
        return decode_fragment(context, *packet, *layer);
    }
    return decode_upper(context, *packet, *layer, packet->cut);
}

PacketDecoder::Step PacketDecoder::decode_fragment(Context& context, const IpPacket& packet,
                                                   const UpperLayer& layer) {
    const FragmentHeader& header = *layer.fragment;
    UpperLayer joined{layer.protocol, layer.payload, std::nullopt};
    if (header.more || header.offset != 0) {
        const FragmentKey key{packet.source,
                              packet.destination,
                              context.tunnels,
                              header.identification,
                              packet.version_6 ? std::uint8_t{0} : packet.protocol,
                              packet.version_6};
        auto added = fragments_.add(key, header, layer.protocol, layer.payload, context.now);
        if (added.state == IpReassembly::State::incomplete) return SkipReason::fragment;
        if (added.state == IpReassembly::State::refused) return SkipReason::refused;
        joined = {added.protocol, reassembled_.emplace_back(std::move(added.payload)),
                  std::nullopt};
        context.joined = true;
    }
    // The first fragment may hold further extension headers, but no second fragment header.
    const auto rest = skip_extensions(joined.protocol, joined.payload);
    if (!rest || rest->fragment) return SkipReason::malformed;
    return decode_upper(context, packet, *rest, false);
}

PacketDecoder::Step PacketDecoder::decode_upper(Context& context, const IpPacket& packet,
                                                UpperLayer layer, bool cut) {
    Decoded inner;
    switch (layer.protocol) {
        case protocol::udp:
            return decode_udp(context, packet, layer.payload, cut);
        case protocol::tcp: {
            const Packet segment =
                read_tcp(packet, layer.payload, context.tunnels, context.tunnels_back);
            if (const auto* const read = std::get_if<Segment>(&segment)) return *read;
            return cut ? SkipReason::cut : SkipReason::malformed;
        }
        case protocol::ipv4:
        case protocol::ipv6:
            inner = NextLayer{LayerType::ip, layer.payload};
            break;
        case protocol::mpls:
            inner = NextLayer{LayerType::mpls, layer.payload};
            break;
        case protocol::gre:
            inner = decode_gre(layer.payload);
            break;
        default:
            return SkipReason::other_protocol;
    }
    if (!inner) return SkipReason::not_ip;
    enter_tunnel(context, layer.protocol, packet);
    return *inner;
}

PacketDecoder::Step PacketDecoder::decode_udp(Context& context, const IpPacket& packet,
                                              Octets octets, bool cut) {
    OctetReader reader(octets);
    const auto source_port = reader.u16();
    const auto destination_port = reader.u16();
    const auto length = reader.u16();
    constexpr std::size_t header = 8;
    const auto checksum = reader.u16();
    if (!checksum) return cut ? SkipReason::cut : SkipReason::malformed;
    if (*length < header) return SkipReason::malformed;
    const bool truncated = reader.remaining() < *length - header;
    const Octets payload = reader.rest().first(std::min(reader.remaining(), *length - header));

    const Endpoints between{packet.source,     packet.destination, *source_port,
                            *destination_port, context.tunnels,    context.tunnels_back};
    if (!is_dns(between)) {
        const std::uint16_t port =
            is_tunnel_port(*destination_port) ? *destination_port : *source_port;
        if (const Decoded inner = decode_udp_tunnel(port, payload)) {
            enter_tunnel(context, protocol::udp, packet);
            return *inner;
        }
    }
    if (truncated) return cut ? SkipReason::cut : SkipReason::malformed;
    if (context.joined && *checksum != 0 && !udp_checksum_holds(packet, octets.first(*length))) {
        return SkipReason::refused;
    }
    return Datagram{between, payload};
}

bool PacketDecoder::is_dns(const Endpoints& between) const noexcept {
    return std::any_of(ports_.begin(), ports_.end(), [&](std::uint16_t port) {
        return port == between.source_port || port == between.destination_port;
    });
}

}  // namespace dnshist::zonegen
