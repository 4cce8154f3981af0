#include "zonegen/capture/tunnels.hpp"

#include <algorithm>

#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::uint16_t ethertype_erspan = 0x88be;  // types I and II
constexpr std::uint16_t ethertype_erspan_3 = 0x22eb;

bool is_ip(Octets octets) noexcept {
    return !octets.empty() && (unsigned{octets[0]} >> 4 == 4 || unsigned{octets[0]} >> 4 == 6);
}

Decoded decode_ip(Octets octets) noexcept {
    if (!is_ip(octets)) return std::nullopt;
    return NextLayer{LayerType::ip, octets};
}

Decoded decode_erspan_3(Octets octets) noexcept {
    if (octets.size() < 12) return std::nullopt;
    const bool more = (octets[11] & 1U) != 0;  // a platform-specific subheader
    const std::size_t header = more ? 20 : 12;
    if (octets.size() < header) return std::nullopt;
    return NextLayer{LayerType::ethernet, octets.subspan(header)};
}

// Type I has no header; its GRE header has no sequence number, which that of type II has.
Decoded decode_erspan(Octets octets, bool sequenced) noexcept {
    const std::size_t header = sequenced ? 8 : 0;
    if (octets.size() < header) return std::nullopt;
    return NextLayer{LayerType::ethernet, octets.subspan(header)};
}

// RFC 7348: the flag for a network identifier, and reserved octets.
Decoded decode_vxlan(Octets payload) noexcept {
    OctetReader reader(payload);
    const auto header = reader.octets(8);
    if (!header || ((*header)[0] & 0x08U) == 0) return std::nullopt;
    return NextLayer{LayerType::ethernet, reader.rest()};
}

// VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe), with the next protocol in its header.
Decoded decode_vxlan_gpe(Octets payload) noexcept {
    OctetReader reader(payload);
    const auto header = reader.octets(8);
    if (!header || ((*header)[0] & 0x0cU) != 0x0c) return std::nullopt;
    switch ((*header)[3]) {
        case 1:
        case 2:
            return decode_ip(reader.rest());
        case 3:
            return NextLayer{LayerType::ethernet, reader.rest()};
        default:
            return std::nullopt;
    }
}

// RFC 8926.
Decoded decode_geneve(Octets payload) noexcept {
    OctetReader reader(payload);
    const auto version_and_length = reader.u8();
    reader.u8();
    const auto type = reader.u16();
    if (!reader.u32() || unsigned{*version_and_length} >> 6 != 0) return std::nullopt;
    if (!reader.octets((*version_and_length & 0x3fU) * std::size_t{4})) return std::nullopt;
    return decode_ethertype(*type, reader.rest());
}

// GTP-U version 1 (3GPP TS 29.281): the packets of the users of a mobile network.
Decoded decode_gtp(Octets payload) noexcept {
    constexpr std::uint8_t user_packet = 255;
    constexpr int max_extensions = 8;
    OctetReader reader(payload);
    const auto flags = reader.u8();
    const auto type = reader.u8();
    if (!reader.octets(6)) return std::nullopt;  // length, endpoint
    if ((*flags & 0xf0U) != 0x30 || *type != user_packet) return std::nullopt;
    if ((*flags & 0x07U) != 0) {
        const auto optional = reader.octets(4);
        if (!optional) return std::nullopt;
        std::uint8_t next = (*flags & 0x04U) != 0 ? (*optional)[3] : 0;
        for (int extensions = 0; next != 0; ++extensions) {
            const auto length = reader.u8();  // in units of four octets, including itself
            if (!length || *length == 0 || extensions == max_extensions) return std::nullopt;
            const auto content = reader.octets(*length * std::size_t{4} - 1);
            if (!content) return std::nullopt;
            next = content->back();
        }
    }
    return decode_ip(reader.rest());
}

// RFC 4380: authentication and origin indication may precede the IPv6 packet.
Decoded decode_teredo(Octets payload) noexcept {
    OctetReader reader(payload);
    if (reader.remaining() >= 4 && payload[0] == 0 && payload[1] == 1) {
        reader.octets(2);
        const auto identifier = reader.u8();
        const auto value = reader.u8();
        // Eight octets of nonce and one of confirmation follow.
        if (!reader.octets(std::size_t{*identifier} + *value + 9)) return std::nullopt;
    }
    if (reader.remaining() >= 8 && reader.rest()[0] == 0 && reader.rest()[1] == 0) {
        reader.octets(8);
    }
    if (reader.at_end() || unsigned{reader.rest()[0]} >> 4 != 6) return std::nullopt;
    return NextLayer{LayerType::ip, reader.rest()};
}

// RFC 2661: a data message of L2TP version 2.
Decoded decode_l2tp(Octets payload) noexcept {
    OctetReader reader(payload);
    const auto flags = reader.u16();
    if (!flags || (*flags & 0x800fU) != 0x0002) return std::nullopt;
    if ((*flags & 0x4000U) != 0 && !reader.u16()) return std::nullopt;  // length
    if (!reader.u32()) return std::nullopt;                             // tunnel, session
    if ((*flags & 0x0800U) != 0 && !reader.u32()) return std::nullopt;  // sequence
    if ((*flags & 0x0200U) != 0) {
        const auto offset = reader.u16();
        if (!offset || !reader.octets(*offset)) return std::nullopt;
    }
    return NextLayer{LayerType::ppp, reader.rest()};
}

// TaZmen Sniffer Protocol, with which MikroTik routers mirror traffic.
Decoded decode_tzsp(Octets payload) noexcept {
    constexpr std::uint8_t padding = 0;
    constexpr std::uint8_t end = 1;
    OctetReader reader(payload);
    const auto version = reader.u8();
    const auto type = reader.u8();
    const auto carried = reader.u16();
    if (!carried || *version != 1 || *type > 1 || *carried != 1) return std::nullopt;
    for (;;) {
        const auto tag = reader.u8();
        if (!tag) return std::nullopt;
        if (*tag == end) return NextLayer{LayerType::ethernet, reader.rest()};
        if (*tag == padding) continue;
        const auto length = reader.u8();
        if (!length || !reader.octets(*length)) return std::nullopt;
    }
}

Decoded decode_mpls_in_udp(Octets payload) noexcept {
    return NextLayer{LayerType::mpls, payload};
}

struct UdpTunnel {
    std::uint16_t port;
    Decoded (*open)(Octets payload) noexcept;
};

constexpr UdpTunnel udp_tunnels[] = {
    {1701, decode_l2tp},   {2152, decode_gtp},
    {3544, decode_teredo}, {4754, decode_gre},  // RFC 8086
    {4789, decode_vxlan},  {4790, decode_vxlan_gpe},
    {6081, decode_geneve}, {6635, decode_mpls_in_udp},  // RFC 7510
    {8472, decode_vxlan},                               // used by Linux before IANA assigned 4789
    {37008, decode_tzsp},
};

const UdpTunnel* find(std::uint16_t port) noexcept {
    const auto* const found =
        std::find_if(std::begin(udp_tunnels), std::end(udp_tunnels),
                     [port](const UdpTunnel& tunnel) { return tunnel.port == port; });
    return found == std::end(udp_tunnels) ? nullptr : found;
}

}  // namespace

Decoded decode_gre(Octets octets) noexcept {
    OctetReader reader(octets);
    const auto flags = reader.u16();
    const auto type = reader.u16();
    if (!type) return std::nullopt;
    const bool checksum = (*flags & 0x8000U) != 0;
    const bool routing = (*flags & 0x4000U) != 0;  // obsoleted by RFC 2784
    const bool key = (*flags & 0x2000U) != 0;
    const bool sequence = (*flags & 0x1000U) != 0;
    const bool acknowledgement = (*flags & 0x0080U) != 0;  // PPTP only
    const unsigned version = *flags & 0x0007U;
    if (version > 1 || routing) return std::nullopt;
    if (checksum && !reader.u32()) return std::nullopt;
    if (key && !reader.u32()) return std::nullopt;
    if (sequence && !reader.u32()) return std::nullopt;
    if (version == 1 && acknowledgement && !reader.u32()) return std::nullopt;
    if (*type == ethertype_erspan) return decode_erspan(reader.rest(), sequence);
    if (*type == ethertype_erspan_3) return decode_erspan_3(reader.rest());
    return decode_ethertype(*type, reader.rest());
}

bool is_tunnel_port(std::uint16_t port) noexcept {
    return find(port) != nullptr;
}

Decoded decode_udp_tunnel(std::uint16_t port, Octets payload) noexcept {
    const UdpTunnel* const tunnel = find(port);
    return tunnel == nullptr ? std::nullopt : tunnel->open(payload);
}

}  // namespace dnshist::zonegen
