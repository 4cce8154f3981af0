// Reassembles TCP streams in both directions and cuts the DNS messages out of them.
//
// A passive observer sees segments out of order, twice, or not at all. Segments ahead of the
// expected sequence number are held until the missing ones arrive; if those do not come, the
// capture has a gap and reading resumes behind it (tcp_messages.hpp). Bounded in connections,
// segments, octets and age.
//
// A segment that acknowledges what the other side cannot have sent is dropped, as by its receiver
// (RFC 5961, section 5): who does not see the connection has to guess this, too.
//
// FIN and RST are ignored: an idle connection is dropped once it is the oldest, and a new
// connection between the same endpoints begins with SYN.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <vector>

#include "zonegen/capture/aged_map.hpp"
#include "zonegen/capture/packet_decoder.hpp"
#include "zonegen/capture/tcp_messages.hpp"

namespace dnshist::zonegen {

class TcpReassembly {
  public:
    static constexpr std::size_t max_connections = 16384;
    static constexpr std::size_t max_octets = std::size_t{64} << 20;  // of all connections
    static constexpr std::size_t max_held_segments = 128;             // per direction
    static constexpr std::size_t max_held_octets = std::size_t{256} << 10;
    // Segments further from the expected sequence number do not belong to the stream.
    static constexpr std::uint32_t window = std::uint32_t{1} << 20;
    static constexpr PacketTime idle_timeout{120'000'000};
    // Longer than a sender takes to retransmit.
    static constexpr PacketTime gap_timeout{10'000'000};

    using Deliver = std::function<void(const Endpoints&, Octets message, PacketTime time)>;

    // The messages that a direction may carry (TcpMessages).
    using Expect = std::function<TcpMessages::Expected(const Endpoints&)>;

    TcpReassembly(Expect expect, Deliver deliver);

    void add(const Segment& segment, PacketTime now);
    // No segment follows for now: gives up on the gaps and delivers what is held behind them.
    void finish();

    struct Counts {
        std::uint64_t gaps = 0;
        std::uint64_t unreadable = 0;  // segments dropped, since the message boundary is unknown
        std::uint64_t out_of_window = 0;
    };
    const Counts& counts() const noexcept { return counts_; }
    std::size_t octets() const noexcept { return octets_; }
    std::size_t connections() const noexcept { return connections_.size(); }

  private:
    struct HeldSegment {
        std::uint32_t sequence;
        PacketTime time;
        std::vector<std::uint8_t> octets;
    };
    struct Direction {
        bool seen = false;       // next is valid
        std::uint32_t next = 0;  // the expected sequence number
        TcpMessages messages;
        std::vector<HeldSegment> held;  // by sequence number, all ahead of next
        std::size_t held_octets = 0;
    };
    struct Connection {
        Direction from_lower;  // sent by the lower of the two endpoints
        Direction from_upper;
    };

    // The same for both directions of a connection.
    static Endpoints key_of(const Endpoints& between) noexcept;

    void start(Connection& connection, Direction& direction, const Segment& segment);
    void read(Direction& direction, const Endpoints& between, Octets octets, PacketTime time);
    void hold(Direction& direction, const Segment& segment, PacketTime now);
    void read_held(Direction& direction, const Endpoints& between);
    void skip_gap(Direction& direction, const Endpoints& between);
    void skip_all_gaps(const Endpoints& key, Connection& connection);
    void reset(Direction& direction);
    void release(const Endpoints& key, Connection& connection);

    Expect expect_;
    Deliver deliver_;
    Counts counts_;
    std::size_t octets_ = 0;
    AgedMap<Endpoints, Connection> connections_;
};

}  // namespace dnshist::zonegen
