// The time of a packet, since 1970. In a capture only packets advance the time, so that the same
// capture always gives the same result.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace dnshist::zonegen {

using PacketTime = std::chrono::microseconds;

// Nothing for a time before 1970 or after 2106, and for the first second of 1970: programs that
// have no time write 0, or count from there.
inline std::optional<PacketTime> packet_time(std::int64_t seconds,
                                             std::int64_t microseconds) noexcept {
    if (seconds <= 0 || seconds > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return std::chrono::seconds(seconds) + PacketTime(microseconds);
}

}  // namespace dnshist::zonegen
