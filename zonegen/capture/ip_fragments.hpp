// Datagrams put together from their fragments (RFC 791, RFC 8200).
//
// Bounded in datagrams, fragments, octets and age. Fragments that overlap have no honest reason
// (RFC 5722), and are how a sensor is made to see something else than the receiver: their datagram
// is refused.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "zonegen/capture/aged_map.hpp"
#include "zonegen/capture/ip_packet.hpp"

namespace dnshist::zonegen {

// Fragments with the same key are of one datagram.
struct FragmentKey {
    Address source;
    Address destination;
    std::uint64_t outer;  // the tunnels around it (packet.hpp)
    std::uint32_t identification;
    std::uint8_t protocol;  // of IPv4; 0 for IPv6
    bool version_6;

    friend auto operator<=>(const FragmentKey&, const FragmentKey&) = default;
};

class Fragments {
  public:
    static constexpr std::size_t max_datagrams = 4096;
    static constexpr std::size_t max_fragments = 256;  // of one datagram
    static constexpr std::size_t max_octets = std::size_t{16} << 20;
    static constexpr std::size_t max_datagram_octets = 65535;
    static constexpr PacketTime longest{30'000'000};

    Fragments() : datagrams_(max_datagrams, longest) {}

    struct Whole {
        std::uint8_t protocol;
        std::vector<std::uint8_t> octets;
    };
    enum class State : std::uint8_t { incomplete, refused, complete };
    struct Added {
        State state;
        Whole whole;  // where it is complete
    };

    // `protocol` is what the fragment says of the whole; that of the first one counts.
    Added add(const FragmentKey& key, const FragmentHeader& header, std::uint8_t protocol,
              Octets octets, PacketTime now);

    // Octets held.
    std::size_t octets() const noexcept { return octets_; }

  private:
    struct Piece {
        std::size_t offset;
        std::vector<std::uint8_t> octets;
    };
    struct Partial {
        std::vector<Piece> pieces;  // by offset, none overlapping
        std::size_t octets = 0;
        std::optional<std::size_t> total;  // once the last piece is there
        std::uint8_t protocol = 0;
    };
    enum class Fit : std::uint8_t { fits, repeated, wrong };

    static Fit fit(const Partial& partial, const FragmentHeader& header, Octets octets) noexcept;
    static Whole join(const Partial& partial);

    AgedMap<FragmentKey, Partial> datagrams_;
    std::size_t octets_ = 0;
};

}  // namespace dnshist::zonegen
