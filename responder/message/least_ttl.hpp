// How long a response may be kept.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"

namespace dnshist::responder {

// The least TTL of the records of a response that we wrote, in seconds; that of a SOA record in a
// negative one is at most its minimum (RFC 2308, section 5). 0 where it has no records; nothing
// where it is signed (RFC 8945), and so is for one client at one time.
std::optional<std::uint32_t> least_ttl(Octets response) noexcept;

}  // namespace dnshist::responder
