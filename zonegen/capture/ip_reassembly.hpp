// Reassembles IP datagrams from their fragments (RFC 791, RFC 8200).
//
// Bounded in datagrams, fragments, octets and age. A datagram whose fragments overlap is refused
// (RFC 5722): overlaps are how an attacker makes a sensor see something else than the receiver.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "zonegen/capture/aged_map.hpp"
#include "zonegen/capture/ip_packet.hpp"

namespace dnshist::zonegen {

// Equal for all fragments of a datagram.
struct FragmentKey {
    Address source;
    Address destination;
    std::uint64_t tunnels;  // Endpoints::tunnels
    std::uint32_t identification;
    std::uint8_t protocol;  // of IPv4; 0 for IPv6
    bool version_6;

    friend auto operator<=>(const FragmentKey&, const FragmentKey&) = default;
};

class IpReassembly {
  public:
    static constexpr std::size_t max_datagrams = 4096;
    static constexpr std::size_t max_fragments = 256;  // per datagram
    static constexpr std::size_t max_octets = std::size_t{16} << 20;
    // The memory of a fragment besides its octets: without it the smallest would take many times as
    // much memory as is counted.
    static constexpr std::size_t overhead = 64;
    static constexpr std::size_t max_datagram_octets = 65535;
    static constexpr PacketTime timeout{30'000'000};

    IpReassembly() : datagrams_(max_datagrams, timeout) {}

    enum class State : std::uint8_t { incomplete, refused, complete };
    struct Added {
        State state;
        // For a complete datagram.
        std::uint8_t protocol;
        std::vector<std::uint8_t> payload;
    };

    // `protocol` is the fragment's next protocol; that of the first fragment counts.
    Added add(const FragmentKey& key, const FragmentHeader& header, std::uint8_t protocol,
              Octets octets, PacketTime now);

    // Octets held, with the overhead of each fragment.
    std::size_t octets() const noexcept { return octets_; }

  private:
    struct Fragment {
        std::size_t offset;
        std::vector<std::uint8_t> octets;
    };
    struct Partial {
        std::vector<Fragment> fragments;  // by offset, without overlaps
        std::size_t octets = 0;
        std::optional<std::size_t> total;  // known from the last fragment
        std::uint8_t protocol = 0;
    };
    enum class Fit : std::uint8_t { fits, duplicate, conflict };

    static std::size_t held_by(const Partial& partial) noexcept {
        return partial.octets + partial.fragments.size() * overhead;
    }
    static Fit fit(const Partial& partial, const FragmentHeader& header, Octets octets) noexcept;
    static Added join(const Partial& partial);

    AgedMap<FragmentKey, Partial> datagrams_;
    std::size_t octets_ = 0;
};

}  // namespace dnshist::zonegen
