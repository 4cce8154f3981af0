// From a captured frame to the UDP datagram or TCP segment in it: link layer, VLANs, tunnels, IP
// and its fragments.
//
// A frame leads to one of these at most: what an ICMP error quotes is not looked at, since anybody
// can write there what was never sent.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <variant>
#include <vector>

#include "zonegen/capture/ip_fragments.hpp"
#include "zonegen/capture/ip_packet.hpp"
#include "zonegen/capture/next_layer.hpp"

namespace dnshist::zonegen {

// Between whom a datagram or segment travels.
struct Endpoints {
    Address source;
    Address destination;
    std::uint16_t source_port;
    std::uint16_t destination_port;
    // A digest of the tunnels around it, the same for both directions; 0 without one. A packet in a
    // tunnel is no answer to one outside.
    std::uint64_t outer;

    Endpoints reversed() const noexcept {
        return {destination, source, destination_port, source_port, outer};
    }
    friend auto operator<=>(const Endpoints&, const Endpoints&) = default;
};

struct Datagram {
    Endpoints between;
    Octets payload;
};

struct Segment {
    Endpoints between;
    std::uint32_t sequence;  // of the payload's first octet
    bool synchronize;        // SYN: the first of its direction
    bool acknowledge;        // ACK
    Octets payload;          // what the capture has of it
};

// Why there is neither.
enum class PassedOver : std::uint8_t {
    not_ip,          // or a protocol on the way to it that is not known
    other_protocol,  // neither UDP nor TCP, nor a tunnel
    malformed,
    cut,       // the capture has less of it than was sent
    fragment,  // the others are not there yet
    refused,   // a fragment that does not fit the others
    too_many_layers,
};
inline constexpr std::size_t passed_over_count = 7;

using Packet = std::variant<PassedOver, Datagram, Segment>;

class PacketReader {
  public:
    static constexpr int max_layers = 24;

    // Datagrams to or from `ports` are taken as they are, even if the other port is a tunnel's.
    explicit PacketReader(std::vector<std::uint16_t> ports) : ports_(std::move(ports)) {}

    // The octets are good until the next call.
    Packet read(int link_type, Octets frame, PacketTime now);

  private:
    struct Walk;
    using Step = std::variant<PassedOver, Datagram, Segment, Inner>;

    Step step(Walk& walk, const Inner& inner);
    Step ip(Walk& walk, Octets octets);
    Step upper(Walk& walk, const IpPacket& packet, UpperLayer layer, bool cut);
    Step fragment(Walk& walk, const IpPacket& packet, const UpperLayer& layer);
    Step udp(Walk& walk, const IpPacket& packet, Octets octets, bool cut);
    bool is_dns(const Endpoints& between) const noexcept;

    std::vector<std::uint16_t> ports_;
    Fragments fragments_;
    std::deque<std::vector<std::uint8_t>> whole_;  // datagrams from fragments, of this frame
};

}  // namespace dnshist::zonegen
