// A stored value that begins with a checksum of what is behind it: XXH3 of 64 bits, big endian.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <span>

#include "storage/base/octets.hpp"

namespace dnshist {

inline constexpr std::size_t checksum_octets = 8;

inline std::array<std::uint8_t, checksum_octets> checksum(Octets octets) noexcept {
    XXH64_canonical_t canonical;
    XXH64_canonicalFromHash(&canonical, XXH3_64bits(octets.data(), octets.size()));
    std::array<std::uint8_t, checksum_octets> out;
    std::copy_n(canonical.digest, checksum_octets, out.begin());
    return out;
}

// Puts the checksum of all octets behind it into its place.
inline void seal(std::span<std::uint8_t> value) noexcept {
    std::ranges::copy(checksum(value.subspan(checksum_octets)), value.begin());
}

inline bool is_sealed(Octets stored) noexcept {
    return stored.size() >= checksum_octets &&
           equal(stored.first(checksum_octets), checksum(stored.subspan(checksum_octets)));
}

}  // namespace dnshist
