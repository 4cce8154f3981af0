// Decodes a captured frame down to the UDP datagram or TCP segment in it: link layer, VLANs,
// tunnels, IP and its fragments.
//
// A frame holds at most one of them. Packets quoted in ICMP errors are not decoded, since anybody
// can quote a packet that was never sent.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <variant>
#include <vector>

#include "storage/text/address_prefix.hpp"
#include "zonegen/capture/ip_packet.hpp"
#include "zonegen/capture/ip_reassembly.hpp"
#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

struct Endpoints {
    Address source;
    Address destination;
    std::uint16_t source_port;
    std::uint16_t destination_port;
    // A digest of the tunnels around the packet, and that of the same tunnels the other way; 0
    // without a tunnel. So a response does not match a query outside of its tunnel, or one that
    // went through it in the same direction: whoever sends a tunnel chooses all that is in it, but
    // not what comes back. The two are equal if all tunnels are those of mirrors, which send both
    // directions to the sensor.
    std::uint64_t tunnels;
    std::uint64_t tunnels_back;

    Endpoints reversed() const noexcept {
        return {destination, source, destination_port, source_port, tunnels_back, tunnels};
    }
    friend auto operator<=>(const Endpoints&, const Endpoints&) = default;
};

struct Datagram {
    Endpoints between;
    Octets payload;
};

struct Segment {
    Endpoints between;
    std::uint32_t sequence;             // of the first octet of the payload
    bool synchronize;                   // SYN
    bool acknowledge;                   // ACK
    Octets payload;                     // as much of it as was captured
    std::uint32_t acknowledgement = 0;  // valid with ACK
};

// Why a frame yields neither.
enum class SkipReason : std::uint8_t {
    not_ip,          // or an unknown protocol between the frame and IP
    other_protocol,  // neither UDP nor TCP nor a tunnel
    malformed,
    cut,       // the capture has less of it than was sent
    fragment,  // other fragments are still missing
    refused,   // fragments that contradict each other, or the checksum of their datagram
    too_many_layers,
};
inline constexpr std::size_t skip_reason_count = 7;

using Packet = std::variant<SkipReason, Datagram, Segment>;

class PacketDecoder {
  public:
    static constexpr int max_layers = 24;

    // Datagrams to or from `ports` are never decoded as tunnels, even if the other port is a
    // tunnel's. `mirrors` are the addresses of devices that send copies of packets in tunnels.
    explicit PacketDecoder(std::vector<std::uint16_t> ports,
                           std::vector<AddressPrefix> mirrors = {})
        : ports_(std::move(ports)), mirrors_(std::move(mirrors)) {}

    // The octets of the result are valid until the next call.
    Packet decode(int link_type, Octets frame, PacketTime now);

  private:
    struct Context;
    using Step = std::variant<SkipReason, Datagram, Segment, NextLayer>;

    Step decode_layer(Context& context, const NextLayer& layer);
    Step decode_ip(Context& context, Octets octets);
    Step decode_fragment(Context& context, const IpPacket& packet, const UpperLayer& layer);
    Step decode_upper(Context& context, const IpPacket& packet, UpperLayer layer, bool cut);
    Step decode_udp(Context& context, const IpPacket& packet, Octets octets, bool cut);
    void enter_tunnel(Context& context, std::uint8_t protocol, const IpPacket& packet) const;
    bool is_dns(const Endpoints& between) const noexcept;

    std::vector<std::uint16_t> ports_;
    std::vector<AddressPrefix> mirrors_;
    IpReassembly fragments_;
    std::deque<std::vector<std::uint8_t>> reassembled_;  // datagrams of the current frame
};

}  // namespace dnshist::zonegen
