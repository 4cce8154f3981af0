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
#include "storage/record/name.hpp"
#include "storage/record/observation.hpp"

namespace dnshist {

// Sources that a store keeps, beside the empty one: a feed with a new source in every line must not
// fill it.
inline constexpr std::uint32_t max_store_sources = 65536;

// A source that is encoded for one owner after another. What is seen of it depends on an owner only
// by whether that is in its bailiwick.
class EncodableSource {
  public:
    // The empty source until then.
    void assign(const Source& source);

    const Source& source() const noexcept { return source_; }
    // Whether an owner (key form) is at or below the bailiwick, where that is a name.
    bool holds(Octets owner_key) const noexcept {
        return bailiwick_ && starts_with(owner_key, bailiwick_->subtree());
    }
    // Replaces `out` with the source as seen from an owner.
    void encode(std::string& out, bool holds_owner) const;

  private:
    Source source_;
    std::optional<NameKey> bailiwick_;
    unsigned labels_ = 0;  // of the bailiwick
};

// The same for one owner.
void encode_source(std::string& out, const Source& source, Octets owner_key);

// Nothing where the octets are not an encoded source; the second without its bailiwick, which an
// owner may be needed for.
std::optional<Source> decode_source(Octets encoded, Octets owner_key);
std::optional<Source> decode_source(Octets encoded);

}  // namespace dnshist
