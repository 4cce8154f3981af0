// A key of SipHash-2-4: nobody without it can tell what hashes to what.
#pragma once

#include <array>
#include <cstdint>

namespace dnshist::responder {

using SipHashKey = std::array<std::uint8_t, 16>;

// Throws std::runtime_error where the system has no random numbers.
SipHashKey random_siphash_key();

}  // namespace dnshist::responder
