// Messages as they go over TCP: each behind its length, two octets (RFC 1035, section 4.2.2).
#pragma once

#include <cstddef>
#include <optional>

#include "storage/base/octets.hpp"

namespace dnshist::responder {

inline constexpr std::size_t length_octets = 2;
// The longest request that is read: a question takes at most 271 octets, EDNS and TSIG some more.
inline constexpr std::size_t request_octets = 4096;

// Reads off the message at the front; nothing where it is not whole.
inline std::optional<Octets> take_message(Octets& octets) noexcept {
    OctetReader reader(octets);
    const auto length = reader.u16();
    const auto message = length ? reader.octets(*length) : std::nullopt;
    if (message) octets = reader.rest();
    return message;
}

inline bool has_message(Octets octets) noexcept {
    return take_message(octets).has_value();
}

// Whether the octets begin a message that is longer than we read.
inline bool too_long(Octets octets) noexcept {
    return OctetReader(octets).u16().value_or(0) > request_octets;
}

}  // namespace dnshist::responder
