#include "zonegen/capture/ip_packet.hpp"

#include <algorithm>

namespace dnshist::zonegen {

namespace {

constexpr int max_extension_headers = 8;

Address mapped(Octets ipv4) noexcept {
    Address address{};
    address[10] = address[11] = 0xff;
    std::copy(ipv4.begin(), ipv4.end(), address.begin() + 12);
    return address;
}

Address address_of(Octets ipv6) noexcept {
    Address address;
    std::copy(ipv6.begin(), ipv6.end(), address.begin());
    return address;
}

// With segmentation offload the captured length field is 0, and the payload is all there is.
void set_payload(IpPacket& packet, Octets captured, std::size_t length, bool all) noexcept {
    packet.cut = !all && length > captured.size();
    packet.payload = all ? captured : captured.first(std::min(length, captured.size()));
}

std::optional<IpPacket> read_ipv4(Octets octets) noexcept {
    OctetReader reader(octets);
    const auto version_and_length = reader.u8();
    reader.u8();
    const auto total = reader.u16();
    const auto identification = reader.u16();
    const auto flags_and_offset = reader.u16();
    reader.u8();
    const auto protocol = reader.u8();
    reader.u16();
    const auto source = reader.octets(4);
    const auto destination = reader.octets(4);
    if (!destination) return std::nullopt;
    const std::size_t header = (*version_and_length & 0x0fU) * std::size_t{4};
    if (header < 20 || octets.size() < header) return std::nullopt;
    if (*total != 0 && *total < header) return std::nullopt;

    IpPacket packet{};
    packet.source = mapped(*source);
    packet.destination = mapped(*destination);
    packet.protocol = *protocol;
    set_payload(packet, octets.subspan(header), *total == 0 ? 0 : *total - header, *total == 0);
    const bool more = (*flags_and_offset & 0x2000U) != 0;
    const std::size_t offset = (*flags_and_offset & 0x1fffU) * std::size_t{8};
    if (more || offset != 0) packet.fragment = FragmentHeader{*identification, offset, more};
    return packet;
}

std::optional<IpPacket> read_ipv6(Octets octets) noexcept {
    OctetReader reader(octets);
    reader.u32();
    const auto length = reader.u16();
    const auto protocol = reader.u8();
    reader.u8();
    const auto source = reader.octets(16);
    const auto destination = reader.octets(16);
    if (!destination) return std::nullopt;
    IpPacket packet{};
    packet.version_6 = true;
    packet.source = address_of(*source);
    packet.destination = address_of(*destination);
    packet.protocol = *protocol;
    set_payload(packet, reader.rest(), *length, *length == 0);
    return packet;
}

std::optional<FragmentHeader> read_fragment_header(OctetReader& reader) noexcept {
    const auto offset_and_more = reader.u16();
    const auto identification = reader.u32();
    if (!identification) return std::nullopt;
    return FragmentHeader{*identification, *offset_and_more & 0xfff8U,
                          (*offset_and_more & 1U) != 0};
}

}  // namespace

bool is_link_local(const Address& address) noexcept {
    constexpr std::array<std::uint8_t, 14> ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 169, 254};
    return starts_with(address, ipv4) || (address[0] == 0xfe && (address[1] & 0xc0U) == 0x80);
}

bool is_link_local_multicast(const Address& address) noexcept {
    constexpr std::array<std::uint8_t, 15> ipv4{0, 0, 0,    0,    0,   0, 0, 0,
                                                0, 0, 0xff, 0xff, 224, 0, 0};
    return starts_with(address, ipv4) || (address[0] == 0xff && (address[1] & 0x0fU) == 2);
}

std::optional<IpPacket> read_ip(Octets octets) noexcept {
    if (octets.empty()) return std::nullopt;
    switch (unsigned{octets[0]} >> 4) {
        case 4:
            return read_ipv4(octets);
        case 6:
            return read_ipv6(octets);
        default:
            return std::nullopt;
    }
}

std::optional<UpperLayer> skip_extensions(std::uint8_t protocol, Octets payload) noexcept {
    OctetReader reader(payload);
    for (int extensions = 0; extensions <= max_extension_headers; ++extensions) {
        std::size_t unit = 8;
        std::size_t uncounted = 1;  // units not counted by the length field
        switch (protocol) {
            case 0:    // hop-by-hop options
            case 43:   // routing
            case 60:   // destination options
            case 135:  // mobility
            case 139:  // HIP
            case 140:  // shim6
                break;
            case 51:  // authentication
                unit = 4;
                uncounted = 2;
                break;
            case 44: {
                const auto next = reader.u8();
                reader.u8();
                const auto fragment = read_fragment_header(reader);
                if (!fragment) return std::nullopt;
                return UpperLayer{*next, reader.rest(), fragment};
            }
            default:
                return UpperLayer{protocol, reader.rest(), std::nullopt};
        }
        const auto next = reader.u8();
        const auto length = reader.u8();
        if (!length || !reader.octets((*length + uncounted) * unit - 2)) return std::nullopt;
        protocol = *next;
    }
    return std::nullopt;
}

}  // namespace dnshist::zonegen
