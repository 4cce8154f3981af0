// TCP connections followed in both directions: what was sent, in order, and the DNS messages in it.
//
// A passive observer sees segments out of order, twice, or not at all. Those that come early are
// held until what comes before them is there; where that does not come, it is a gap of the capture,
// and reading goes on behind it (tcp_messages.hpp). Bounded in connections, segments, octets and
// age. Ends of connections are not looked at: a connection that nothing comes of any more is let go
// as the oldest, and a new one between the same ends begins with SYN.
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
    static constexpr std::size_t max_octets = std::size_t{64} << 20;  // of all together
    static constexpr std::size_t max_held_segments = 128;             // of one direction
    static constexpr std::size_t max_held_octets = std::size_t{256} << 10;
    // Further ahead than this is nothing that belongs here.
    static constexpr std::uint32_t window = std::uint32_t{1} << 20;
    static constexpr PacketTime longest_idle{120'000'000};
    // Held for longer than a sender takes to send again.
    static constexpr PacketTime longest_held{10'000'000};

    using Deliver = std::function<void(const Endpoints&, Octets message, PacketTime time)>;

    // Expected of a direction: see TcpMessages. A connection's two directions have their own.
    using Expect = std::function<TcpMessages::Expected(const Endpoints&)>;

    TcpReassembly(Expect expect, Deliver deliver);

    void add(const Segment& segment, PacketTime now);
    // No segment follows for now: what is held is given, and what is missing before it given up.
    void finish();

    struct Counts {
        std::uint64_t gaps = 0;        // places where octets are missing
        std::uint64_t unreadable = 0;  // segments passed over, as no message begins with them
        std::uint64_t out_of_window = 0;
    };
    const Counts& counts() const noexcept { return counts_; }
    std::size_t octets() const noexcept { return octets_; }
    std::size_t connections() const noexcept { return connections_.size(); }

  private:
    struct Held {
        std::uint32_t sequence;
        PacketTime time;
        std::vector<std::uint8_t> octets;
    };
    struct Direction {
        bool known = false;      // a segment was seen
        std::uint32_t next = 0;  // the sequence number that follows what was read
        TcpMessages messages;
        std::vector<Held> held;  // in order, all ahead of next
        std::size_t held_octets = 0;
    };
    struct Connection {
        Direction from_lower;  // of its two ends
        Direction from_upper;
    };

    // The ends of a connection, whichever of them sends.
    static Endpoints key_of(const Endpoints& between) noexcept;

    void synchronize(Connection& connection, Direction& direction, const Segment& segment);
    void take(Direction& direction, const Endpoints& between, Octets octets, PacketTime time);
    void hold(Direction& direction, const Segment& segment, PacketTime now);
    void read_held(Direction& direction, const Endpoints& between);
    void skip_gap(Direction& direction, const Endpoints& between);
    void skip_gaps(const Endpoints& key, Connection& connection);
    void reset(Direction& direction);
    void let_go(const Endpoints& key, Connection& connection);

    Expect expect_;
    Deliver deliver_;
    Counts counts_;
    std::size_t octets_ = 0;
    AgedMap<Endpoints, Connection> connections_;
};

}  // namespace dnshist::zonegen
