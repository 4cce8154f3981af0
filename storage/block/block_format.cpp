#include "storage/block/block_format.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dnshist::block_format {

std::uint32_t checksum(Octets segment, std::uint8_t symbols) noexcept {
    return static_cast<std::uint32_t>(XXH3_64bits(segment.data(), segment.size())) ^
           symbols * 0x9e3779b1U;
}

std::optional<std::size_t> segment_count(Octets block) noexcept {
    if (block.size() < header_octets) return std::nullopt;
    const auto form = static_cast<BlockForm>(block[0]);
    if (form != BlockForm::entries && form != BlockForm::keys) return std::nullopt;
    const std::size_t segments = block[2];
    const std::size_t first = header_octets + segments * slot_octets;
    if (block.size() < first) return std::nullopt;
    if (segments == 0) return block.size() == first ? std::optional<std::size_t>(0) : std::nullopt;
    const SegmentTable table{block, segments};
    if (table.begin(0) != first) return std::nullopt;
    // Each segment has octets.
    std::size_t begin = first;
    for (std::size_t i = 1; i < segments; ++i) {
        const std::size_t end = table.begin(i);
        if (begin >= end) return std::nullopt;
        begin = end;
    }
    if (begin >= block.size()) return std::nullopt;
    return segments;
}

bool SegmentTable::is_intact(std::size_t index) const noexcept {
    return get_u32(slot(index) + 2) == checksum(segment(index), block[1]);
}

}  // namespace dnshist::block_format
