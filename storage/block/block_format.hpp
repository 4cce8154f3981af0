// How a block is laid out; storage/format/FORMAT.md explains it.
//
//     block   := form:octet symbols:octet segments:octet slot{segments} segment{segments}
//     slot    := offset:u16 checksum:u32
//     segment := entry*
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"

namespace dnshist {

// The kind of a block's entries.
enum class BlockForm : std::uint8_t {
    entries = 1,  // keys with payloads
    keys = 2,     // keys alone
};

// The longest key of an entry: see FORMAT.md, record keys and pivot keys.
inline constexpr std::size_t max_entry_key = 513;

// Damage, as phrases for the operator.
inline constexpr const char* damaged_segment = "its checksum does not fit";
inline constexpr const char* malformed_entries = "its entries are malformed";
inline constexpr const char* unknown_block = "it is no block of a known version";
inline constexpr const char* unknown_symbols = "the symbols of its keys are damaged or missing";

// Octets that memory is loaded by.
inline constexpr std::size_t cache_line = 64;

namespace block_format {

inline constexpr std::size_t header_octets = 3;
inline constexpr std::size_t slot_octets = 6;
inline constexpr std::size_t max_segments = 255;
inline constexpr std::size_t max_offset = 65535;
// A segment is closed at the entry that brings it nearest to this size, which is about what a
// lookup has to verify and read.
inline constexpr std::size_t segment_octets = 448;

// The checksum of a segment and of the number of the symbol table that its keys are packed with.
std::uint32_t checksum(Octets segment, std::uint8_t symbols) noexcept;

// The number of segments; nothing where the block's header or its table of segments is malformed.
std::optional<std::size_t> segment_count(Octets block) noexcept;

// The table of segments of a block that segment_count() has approved.
struct SegmentTable {
    Octets block;
    std::size_t segments;

    const std::uint8_t* slot(std::size_t index) const noexcept {
        return block.data() + header_octets + index * slot_octets;
    }
    std::size_t begin(std::size_t index) const noexcept { return get_u16(slot(index)); }
    std::size_t end(std::size_t index) const noexcept {
        return index + 1 == segments ? block.size() : begin(index + 1);
    }
    Octets segment(std::size_t index) const noexcept {
        return block.subspan(begin(index), end(index) - begin(index));
    }
    // Whether the segment is as it was written.
    bool is_intact(std::size_t index) const noexcept;
};

}  // namespace block_format

}  // namespace dnshist
