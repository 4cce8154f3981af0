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

#include "zonegen/capture/ip_packet.hpp"
#include "zonegen/capture/ip_reassembly.hpp"
#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

struct Endpoints {
    Address source;
    Address destination;
    std::uint16_t source_port;
    std::uint16_t destination_port;
    // A digest of the tunnels around the packet, equal for both directions; 0 without a tunnel. A
    // response inside a tunnel does not match a query outside of it.
    std::uint64_t tunnels;

    Endpoints reversed() const noexcept {
        return {destination, source, destination_port, source_port, tunnels};
    }
    friend auto operator<=>(const Endpoints&, const Endpoints&) = default;
};

struct Datagram {
    Endpoints between;
    Octets payload;
};

struct Segment {
    Endpoints between;
    std::uint32_t sequence;  // of the first octet of the payload
    bool synchronize;        // SYN
    bool acknowledge;        // ACK
    Octets payload;          // as much of it as was captured
};

// Why a frame yields neither.
enum class SkipReason : std::uint8_t {
    not_ip,          // or an unknown protocol between the frame and IP
    other_protocol,  // neither UDP nor TCP nor a tunnel
    malformed,
    cut,       // the capture has less of it than was sent
    fragment,  // other fragments are still missing
    refused,   // a fragment that contradicts the others
    too_many_layers,
};
inline constexpr std::size_t skip_reason_count = 7;

using Packet = std::variant<SkipReason, Datagram, Segment>;

class PacketDecoder {
  public:
    static constexpr int max_layers = 24;

    // Datagrams to or from `ports` are never decoded as tunnels, even if the other port is a
    // tunnel's.
    explicit PacketDecoder(std::vector<std::uint16_t> ports) : ports_(std::move(ports)) {}

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
    bool is_dns(const Endpoints& between) const noexcept;

    std::vector<std::uint16_t> ports_;
    IpReassembly fragments_;
    std::deque<std::vector<std::uint8_t>> reassembled_;  // datagrams of the current frame
};

}  // namespace dnshist::zonegen
