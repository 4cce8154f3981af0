// How a finding sorts among the others of its query, without the finding itself.
#pragma once

#include <cstdint>

#include "storage/finding/finding.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

struct SortKey {
    std::uint64_t rank = 0;     // larger first
    std::uint32_t tie = 0;      // likewise
    std::uint32_t ordinal;      // of the finding; smaller first
    std::uint16_t part;         // likewise
    std::uint8_t slot = 0;      // index of its text, once written
    bool before_place = false;  // the place at which the page begins (line_place.hpp)

    SortKey(const Query& query, const Finding& finding) noexcept;
    // Ascends in the store's order.
    std::uint64_t position() const noexcept { return std::uint64_t{ordinal} << 16 | part; }
};

// In the order of the query's lines.
inline bool sorts_before(const SortKey& a, const SortKey& b) noexcept {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.tie != b.tie) return a.tie > b.tie;
    return a.position() < b.position();
}

}  // namespace dnshist
