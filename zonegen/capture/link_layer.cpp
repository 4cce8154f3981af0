#include "zonegen/capture/link_layer.hpp"

#include <algorithm>

#include "zonegen/capture/ieee80211.hpp"

namespace dnshist::zonegen {

namespace {

// More tags than any network puts on one frame.
constexpr int max_tags = 8;
// A smaller value in the place of an EtherType is a length, and LLC follows.
constexpr std::uint16_t least_ethertype = 0x0600;

// A header of fixed size, of which nothing is needed.
template <std::size_t header, LayerType next>
Decoded skip(Octets octets) noexcept {
    if (octets.size() < header) return std::nullopt;
    return NextLayer{next, octets.subspan(header)};
}

// A header of fixed size, whose last field is an EtherType.
template <std::size_t before>
Decoded skip_to_ethertype(Octets octets) noexcept {
    OctetReader reader(octets);
    if (!reader.octets(before)) return std::nullopt;
    const auto type = reader.u16();
    if (!type) return std::nullopt;
    return decode_ethertype(*type, reader.rest());
}

// Looks `number` up in a table of {number, decode}.
template <class Table>
auto find_decoder(const Table& table, int number) noexcept -> decltype(std::begin(table)->decode) {
    const auto* const found =
        std::ranges::find(table, number, [](const auto& row) { return row.number; });
    return found == std::end(table) ? nullptr : found->decode;
}

struct Decoder {
    int number;
    Decoded (*decode)(Octets octets) noexcept;
};

Decoded decode_pppoe(Octets octets) noexcept {
    OctetReader reader(octets);
    const auto version_and_type = reader.u8();
    const auto code = reader.u8();
    if (!reader.octets(4)) return std::nullopt;  // session, length
    if (*version_and_type != 0x11 || *code != 0) return std::nullopt;
    return NextLayer{LayerType::ppp, reader.rest()};
}

struct VlanTag {
    std::uint16_t ethertype;
    std::size_t octets;  // between this EtherType and the next one
};

constexpr VlanTag vlan_tags[] = {
    {0x8100, 2},               // IEEE 802.1Q
    {0x88a8, 2},               // IEEE 802.1ad
    {0x9100, 2}, {0x9200, 2},  // QinQ before it was a standard
    {0x8926, 4},               // VN-Tag
    {0x893f, 6},               // IEEE 802.1BR
};

constexpr Decoder ethertypes[] = {
    {0x0800, skip<0, LayerType::ip>},
    {0x86dd, skip<0, LayerType::ip>},
    {0x6558, skip<0, LayerType::ethernet>},  // transparent Ethernet bridging
    {0x880b, skip<0, LayerType::ppp>},
    {0x8847, skip<0, LayerType::mpls>},
    {0x8848, skip<0, LayerType::mpls>},  // label assigned upstream
    {0x8864, decode_pppoe},
};

constexpr Decoder ppp_protocols[] = {
    {0x0021, skip<0, LayerType::ip>},
    {0x0057, skip<0, LayerType::ip>},
    {0x0281, skip<0, LayerType::mpls>},
    {0x0283, skip<0, LayerType::mpls>},
};

Decoded decode_sll2(Octets frame) noexcept {
    OctetReader reader(frame);
    const auto type = reader.u16();
    if (!type || !reader.octets(18)) return std::nullopt;
    return decode_ethertype(*type, reader.rest());
}

// The log of OpenBSD's packet filter: the first octet is the length of the header, which is padded
// to four octets.
Decoded decode_pflog(Octets frame) noexcept {
    if (frame.empty()) return std::nullopt;
    const std::size_t header = (frame[0] + std::size_t{3}) / 4 * 4;
    if (frame.size() < header) return std::nullopt;
    return NextLayer{LayerType::ip, frame.subspan(header)};
}

// The log of Linux netfilter: fields of length, type and value, one of which is the packet. They
// are in the byte order of the capturing machine, which is taken to be little-endian.
Decoded decode_nflog(Octets frame) noexcept {
    constexpr std::uint16_t payload = 9;
    OctetReader reader(frame);
    if (!reader.octets(4)) return std::nullopt;
    while (reader.remaining() >= 4) {
        const std::size_t length = *read_little16(reader);
        const unsigned type = *read_little16(reader);
        if (length < 4) return std::nullopt;
        const auto value = reader.octets(length - 4);
        if (!value) return std::nullopt;
        if ((type & 0x7fffU) == payload) return NextLayer{LayerType::ip, *value};
        reader.octets(std::min<std::size_t>((4 - length % 4) % 4, reader.remaining()));
    }
    return std::nullopt;
}

// Apple's header before frames of several link types: its length, the kind of record and the link
// type, little-endian.
Decoded decode_pktap(Octets frame) noexcept {
    constexpr std::uint32_t packet_record = 1;
    constexpr std::uint32_t inner_types[] = {0, 1, 12, 101, 108};
    OctetReader reader(frame);
    const auto length = read_little32(reader);
    const auto record = read_little32(reader);
    const auto link_type = read_little32(reader);
    if (!link_type || *record != packet_record || *length < 12 || *length > frame.size()) {
        return std::nullopt;
    }
    if (std::ranges::find(inner_types, *link_type) == std::end(inner_types)) return std::nullopt;
    return decode_frame(static_cast<int>(*link_type), frame.subspan(*length));
}

constexpr Decoder link_types[] = {
    // BSD loopback: four octets of address family, whose numbers differ between systems.
    {0, skip<4, LayerType::ip>},
    {108, skip<4, LayerType::ip>},
    {1, decode_ethernet},
    {9, skip<0, LayerType::ppp>},
    {50, skip<0, LayerType::ppp>},   // in HDLC-like framing
    {166, skip<2, LayerType::ppp>},  // pppd: direction, then PPP without address and control
    {10, skip<13, LayerType::llc>},  // FDDI: frame control and two addresses
    // Raw IP has three numbers, depending on the system.
    {12, skip<0, LayerType::ip>},
    {14, skip<0, LayerType::ip>},
    {101, skip<0, LayerType::ip>},
    {228, skip<0, LayerType::ip>},  // IPv4 only
    {229, skip<0, LayerType::ip>},  // IPv6 only
    {104, skip_to_ethertype<2>},    // Cisco HDLC: address and control
    {105, decode_ieee80211},
    {119, decode_prism},
    {127, decode_radiotap},
    {163, decode_avs},
    {192, decode_ppi},
    {109, skip<12, LayerType::ip>},  // IPsec decrypted by BSD: family, SPI and flags
    // Linux cooked captures, made by `tcpdump -i any`.
    {113, skip_to_ethertype<14>},
    {276, decode_sll2},
    {117, decode_pflog},
    {239, decode_nflog},
    {258, decode_pktap},
};

}  // namespace

std::optional<std::uint16_t> read_little16(OctetReader& reader) noexcept {
    const auto octets = reader.octets(2);
    if (!octets) return std::nullopt;
    return static_cast<std::uint16_t>((*octets)[0] | unsigned{(*octets)[1]} << 8);
}

std::optional<std::uint32_t> read_little32(OctetReader& reader) noexcept {
    const auto low = read_little16(reader);
    const auto high = read_little16(reader);
    if (!high) return std::nullopt;
    return *low | std::uint32_t{*high} << 16;
}

bool link_type_known(int link_type) noexcept {
    return find_decoder(link_types, link_type) != nullptr;
}

Decoded decode_frame(int link_type, Octets frame) noexcept {
    const auto decode = find_decoder(link_types, link_type);
    return decode == nullptr ? std::nullopt : decode(frame);
}

Decoded decode_ethernet(Octets frame) noexcept {
    return skip_to_ethertype<12>(frame);  // two addresses
}

Decoded decode_ethertype(std::uint16_t type, Octets octets) noexcept {
    OctetReader reader(octets);
    for (int tags = 0;; ++tags) {
        const auto* const tag = std::ranges::find(vlan_tags, type, &VlanTag::ethertype);
        if (tag == std::end(vlan_tags)) break;
        if (tags == max_tags || !reader.octets(tag->octets)) return std::nullopt;
        const auto next = reader.u16();
        if (!next) return std::nullopt;
        type = *next;
    }
    if (type < least_ethertype) return NextLayer{LayerType::llc, reader.rest()};
    const auto decode = find_decoder(ethertypes, type);
    return decode == nullptr ? std::nullopt : decode(reader.rest());
}

Decoded decode_llc(Octets octets) noexcept {
    OctetReader reader(octets);
    const auto destination = reader.u8();
    const auto source = reader.u8();
    const auto control = reader.u8();
    if (!control || *control != 0x03) return std::nullopt;
    if (*destination == 0x06 && *source == 0x06) return NextLayer{LayerType::ip, reader.rest()};
    if (*destination != 0xaa || *source != 0xaa) return std::nullopt;
    if (!reader.octets(3)) return std::nullopt;  // organisation
    const auto type = reader.u16();
    if (!type || *type < least_ethertype) return std::nullopt;
    return decode_ethertype(*type, reader.rest());
}

// RFC 1661. Address and control (RFC 1662) may come first, and the protocol may take one octet.
Decoded decode_ppp(Octets octets) noexcept {
    OctetReader reader(octets);
    if (octets.size() >= 2 && octets[0] == 0xff && octets[1] == 0x03) reader.octets(2);
    const auto first = reader.u8();
    if (!first) return std::nullopt;
    int protocol = *first;
    if (protocol % 2 == 0) {
        const auto second = reader.u8();
        if (!second) return std::nullopt;
        protocol = protocol << 8 | *second;
    }
    const auto decode = find_decoder(ppp_protocols, protocol);
    return decode == nullptr ? std::nullopt : decode(reader.rest());
}

// RFC 3032. Only the ends of the path know what the label stack carries: IP, or Ethernet after a
// control word (RFC 4448), whose first four bits are 0.
Decoded decode_mpls(Octets octets) noexcept {
    OctetReader reader(octets);
    for (int depth = 0; depth < max_tags; ++depth) {
        const auto entry = reader.u32();
        if (!entry) return std::nullopt;
        if ((*entry >> 8 & 1U) == 0) continue;
        if (reader.at_end()) return std::nullopt;
        if (unsigned{reader.rest()[0]} >> 4 != 0) return NextLayer{LayerType::ip, reader.rest()};
        return skip<4, LayerType::ethernet>(reader.rest());
    }
    return std::nullopt;
}

}  // namespace dnshist::zonegen
