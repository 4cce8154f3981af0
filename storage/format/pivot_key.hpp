// Pivot keys: the encoding of "this owner had that value in RDATA of this type" in the pivots
// database (storage/format/FORMAT.md).
//
//     key      pivot value (storage/pivot/pivot_values.hpp), type (2 octets), owner in key form
//     payload  none: the names database says when
#pragma once

#include <cstdint>
#include <optional>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/format/record_key.hpp"
#include "storage/pivot/pivot_values.hpp"

namespace dnshist {

inline constexpr std::size_t max_pivot_key = max_pivot_octets + type_octets + max_name_octets;

using PivotKey = OctetBuffer<max_pivot_key>;
PivotKey make_pivot_key(const PivotValue& value, Rrtype type, Octets owner_key) noexcept;

inline std::size_t pivot_key_octets(const PivotValue& value, Octets owner_key) noexcept {
    return value.octets().size() + type_octets + owner_key.size();
}
// Writes pivot_key_octets() octets to `out`.
void put_pivot_key(std::uint8_t* out, const PivotValue& value, Rrtype type,
                   Octets owner_key) noexcept;

struct PivotKeyParts {
    Octets value;
    Rrtype type;
    Octets owner;
};

// The length of the pivot key at the start; nothing where it is not whole.
std::optional<std::size_t> pivot_key_length(Octets octets) noexcept;

// Nothing where it is not a pivot key.
std::optional<PivotKeyParts> split_pivot_key(Octets key) noexcept;

}  // namespace dnshist
