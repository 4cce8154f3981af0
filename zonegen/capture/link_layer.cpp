#include "zonegen/capture/link_layer.hpp"

#include <algorithm>

#include "zonegen/capture/ieee80211.hpp"

namespace dnshist::zonegen {

namespace {

// More tags than any network has on one frame.
constexpr int max_tags = 8;

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;
constexpr std::uint16_t ethertype_ethernet = 0x6558;  // transparent Ethernet bridging
constexpr std::uint16_t ethertype_ppp = 0x880b;
constexpr std::uint16_t ethertype_pppoe = 0x8864;
constexpr std::uint16_t ethertype_mpls = 0x8847;
constexpr std::uint16_t ethertype_mpls_upstream = 0x8848;
// Below this the field is a length, and LLC follows.
constexpr std::uint16_t least_ethertype = 0x0600;

// Octets of a tag between its EtherType and the next one; 0 for what is no tag.
std::size_t tag_octets(std::uint16_t type) noexcept {
    switch (type) {
        case 0x8100:  // IEEE 802.1Q
        case 0x88a8:  // IEEE 802.1ad
        case 0x9100:  // QinQ before there was a standard
        case 0x9200:
            return 2;
        case 0x8926:  // VN-Tag
            return 4;
        case 0x893f:  // IEEE 802.1BR
            return 6;
        default:
            return 0;
    }
}

Decoded decode_pppoe(Octets octets) noexcept {
    OctetReader reader(octets);
    const auto version_and_type = reader.u8();
    const auto code = reader.u8();
    if (!reader.octets(4)) return std::nullopt;  // session, length
    if (*version_and_type != 0x11 || *code != 0) return std::nullopt;
    return NextLayer{LayerType::ppp, reader.rest()};
}

Decoded after(Octets frame, std::size_t header, LayerType type) noexcept {
    if (frame.size() < header) return std::nullopt;
    return NextLayer{type, frame.subspan(header)};
}

// BSD's loopback: the address family in four octets, in the order of the machine that captured.
// Families have different numbers on different systems; the packet says itself what it is.
Decoded decode_loopback(Octets frame) noexcept {
    return after(frame, 4, LayerType::ip);
}

Decoded decode_raw(Octets frame) noexcept {
    return NextLayer{LayerType::ip, frame};
}

Decoded decode_ppp_frame(Octets frame) noexcept {
    return NextLayer{LayerType::ppp, frame};
}

// Direction, then PPP without its address and control (pppd's own captures).
Decoded decode_pppd(Octets frame) noexcept {
    return after(frame, 2, LayerType::ppp);
}

// Address and control, then an EtherType.
Decoded decode_cisco_hdlc(Octets frame) noexcept {
    OctetReader reader(frame);
    if (!reader.octets(2)) return std::nullopt;
    const auto type = reader.u16();
    if (!type) return std::nullopt;
    return decode_ethertype(*type, reader.rest());
}

// "Linux cooked capture", which `tcpdump -i any` makes.
Decoded decode_sll(Octets frame) noexcept {
    OctetReader reader(frame);
    if (!reader.octets(14)) return std::nullopt;
    const auto type = reader.u16();
    if (!type) return std::nullopt;
    // 4: frames with LLC.
    if (*type == 0x0004) return NextLayer{LayerType::llc, reader.rest()};
    return decode_ethertype(*type, reader.rest());
}

Decoded decode_sll2(Octets frame) noexcept {
    OctetReader reader(frame);
    const auto type = reader.u16();
    if (!type || !reader.octets(18)) return std::nullopt;
    if (*type == 0x0004) return NextLayer{LayerType::llc, reader.rest()};
    return decode_ethertype(*type, reader.rest());
}

// Frame control and two addresses.
Decoded decode_fddi(Octets frame) noexcept {
    return after(frame, 13, LayerType::llc);
}

// OpenBSD's packet filter log: its first octet is the header's length, padded to four.
Decoded decode_pflog(Octets frame) noexcept {
    if (frame.empty()) return std::nullopt;
    return after(frame, (frame[0] + std::size_t{3}) / 4 * 4, LayerType::ip);
}

// What BSD shows of IPsec once it has decrypted it: family, SPI and flags before the packet.
Decoded decode_enc(Octets frame) noexcept {
    return after(frame, 12, LayerType::ip);
}

// Linux netfilter's log: fields of type, length and value; the packet is one of them.
Decoded decode_nflog(Octets frame) noexcept {
    constexpr std::uint16_t payload = 9;
    OctetReader reader(frame);
    if (!reader.octets(4)) return std::nullopt;
    while (reader.remaining() >= 4) {
        // In the order of the machine that captured, which is little-endian nowhere but everywhere.
        const Octets header = *reader.octets(4);
        const std::size_t length = header[0] | std::size_t{header[1]} << 8;
        const auto type = static_cast<std::uint16_t>(header[2] | unsigned{header[3]} << 8);
        if (length < 4) return std::nullopt;
        const auto value = reader.octets(length - 4);
        if (!value) return std::nullopt;
        if ((type & 0x7fffU) == payload) return NextLayer{LayerType::ip, *value};
        reader.octets(std::min<std::size_t>((4 - length % 4) % 4, reader.remaining()));
    }
    return std::nullopt;
}

// Apple's header before frames of several link types: its length and theirs, little-endian.
Decoded decode_pktap(Octets frame) noexcept {
    if (frame.size() < 12) return std::nullopt;
    const auto word = [&](std::size_t at) {
        return frame[at] | std::uint32_t{frame[at + 1]} << 8 | std::uint32_t{frame[at + 2]} << 16 |
               std::uint32_t{frame[at + 3]} << 24;
    };
    constexpr std::uint32_t packet_record = 1;
    const std::uint32_t length = word(0);
    if (word(4) != packet_record || length < 12 || length > frame.size()) return std::nullopt;
    const Octets inner = frame.subspan(length);
    switch (word(8)) {
        case 0:
        case 108:
            return decode_loopback(inner);
        case 1:
            return decode_ethernet(inner);
        case 12:
        case 101:
            return decode_raw(inner);
        default:
            return std::nullopt;
    }
}

struct LinkType {
    int number;
    Decoded (*open)(Octets frame) noexcept;
};

constexpr LinkType link_types[] = {
    {0, decode_loopback},  // also where the machine that captured was big-endian
    {1, decode_ethernet},     {9, decode_ppp_frame},
    {10, decode_fddi},        {12, decode_raw},  // three numbers for one, by the system
    {14, decode_raw},         {101, decode_raw},
    {50, decode_ppp_frame},  // in HDLC-like framing
    {104, decode_cisco_hdlc}, {105, decode_ieee80211},
    {108, decode_loopback},   {109, decode_enc},
    {113, decode_sll},        {117, decode_pflog},
    {119, decode_prism},      {127, decode_radiotap},
    {163, decode_avs},        {166, decode_pppd},
    {192, decode_ppi},        {228, decode_raw},  // IPv4 only
    {229, decode_raw},                            // IPv6 only
    {239, decode_nflog},      {258, decode_pktap},
    {276, decode_sll2},
};

const LinkType* find(int number) noexcept {
    const auto* const found =
        std::find_if(std::begin(link_types), std::end(link_types),
                     [number](const LinkType& type) { return type.number == number; });
    return found == std::end(link_types) ? nullptr : found;
}

}  // namespace

bool link_type_known(int link_type) noexcept {
    return find(link_type) != nullptr;
}

Decoded decode_frame(int link_type, Octets frame) noexcept {
    const LinkType* const type = find(link_type);
    return type == nullptr ? std::nullopt : type->open(frame);
}

Decoded decode_ethernet(Octets frame) noexcept {
    OctetReader reader(frame);
    if (!reader.octets(12)) return std::nullopt;
    const auto type = reader.u16();
    if (!type) return std::nullopt;
    if (*type < least_ethertype) return NextLayer{LayerType::llc, reader.rest()};
    return decode_ethertype(*type, reader.rest());
}

Decoded decode_ethertype(std::uint16_t type, Octets octets) noexcept {
    OctetReader reader(octets);
    for (int tags = 0; tag_octets(type) != 0; ++tags) {
        if (tags == max_tags || !reader.octets(tag_octets(type))) return std::nullopt;
        const auto next = reader.u16();
        if (!next) return std::nullopt;
        type = *next;
    }
    if (type < least_ethertype) return NextLayer{LayerType::llc, reader.rest()};
    switch (type) {
        case ethertype_ipv4:
        case ethertype_ipv6:
            return NextLayer{LayerType::ip, reader.rest()};
        case ethertype_ethernet:
            return NextLayer{LayerType::ethernet, reader.rest()};
        case ethertype_ppp:
            return NextLayer{LayerType::ppp, reader.rest()};
        case ethertype_pppoe:
            return decode_pppoe(reader.rest());
        case ethertype_mpls:
        case ethertype_mpls_upstream:
            return NextLayer{LayerType::mpls, reader.rest()};
        default:
            return std::nullopt;
    }
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

// RFC 1661; address and control may be there (RFC 1662), and the protocol may be in one octet.
Decoded decode_ppp(Octets octets) noexcept {
    OctetReader reader(octets);
    if (octets.size() >= 2 && octets[0] == 0xff && octets[1] == 0x03) reader.octets(2);
    const auto first = reader.u8();
    if (!first) return std::nullopt;
    unsigned protocol = *first;
    if (protocol % 2 == 0) {
        const auto second = reader.u8();
        if (!second) return std::nullopt;
        protocol = protocol << 8 | *second;
    }
    switch (protocol) {
        case 0x21:  // IPv4
        case 0x57:  // IPv6
            return NextLayer{LayerType::ip, reader.rest()};
        case 0x0281:  // MPLS
        case 0x0283:
            return NextLayer{LayerType::mpls, reader.rest()};
        default:
            return std::nullopt;
    }
}

// RFC 3032. What is below the stack only its ends know: IP, or Ethernet after a control word (RFC
// 4448), whose first four bits are 0.
Decoded decode_mpls(Octets octets) noexcept {
    OctetReader reader(octets);
    for (int depth = 0; depth < max_tags; ++depth) {
        const auto entry = reader.u32();
        if (!entry) return std::nullopt;
        if ((*entry >> 8 & 1U) == 0) continue;
        if (reader.at_end()) return std::nullopt;
        if (unsigned{reader.rest()[0]} >> 4 != 0) return NextLayer{LayerType::ip, reader.rest()};
        return after(reader.rest(), 4, LayerType::ethernet);
    }
    return std::nullopt;
}

}  // namespace dnshist::zonegen
