// The encoding of a source in the store's sources database (storage/format/FORMAT.md).
//
// The store keeps every different source once, under a number. A bailiwick is nearly always the
// owner or a name above it, and different for every zone; so it is encoded as how many of the
// owner's labels it has, which leaves a few sources of millions. A bailiwick that is not above the
// owner is kept as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/base/octets.hpp"
#include "storage/record/observation.hpp"

namespace dnshist {

// Sources that a store keeps, beside the empty one: a feed with a new source in every line must not
// fill it.
inline constexpr std::uint32_t max_store_sources = 65536;

// Replaces `out` with the source as seen from an owner (key form).
void encode_source(std::string& out, const Source& source, Octets owner_key);

// Nothing where the octets are not an encoded source; the second without its bailiwick, which an
// owner may be needed for.
std::optional<Source> decode_source(Octets encoded, Octets owner_key);
std::optional<Source> decode_source(Octets encoded);

}  // namespace dnshist
