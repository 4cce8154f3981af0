// The SHA-256 of a key by which a user of HTTP is known: all that the configuration has of it.
#pragma once

#include <array>
#include <cstdint>

namespace dnshist {

using KeyHash = std::array<std::uint8_t, 32>;

}  // namespace dnshist
