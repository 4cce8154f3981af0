// The head of a tablet: which range of keys the object has, and what was done to it.
//
//     head  := version:varint space:octet lower upper right:u64 octets:varint mark*
//     lower, upper := length:varint octet{length}
//     mark  := lane:octet seq:varint records:varint merged:varint names:varint
//
// `version` grows with every write, so that a write that expects a head meets no other write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"

namespace dnshist {

// Sorts after every key of an entry in every map, and before the keys that begin with '~', which
// are kept for later versions.
inline constexpr std::string_view upper_of_all = "\x7d";
// The lower bound of a map's first tablet.
inline constexpr std::string_view lower_of_all{"\0", 1};

enum class TabletSpace : char { names = 'n', pivots = 'p' };

// The counts of what batches have done to a store, or to a part of it.
struct BatchCounts {
    std::uint64_t records = 0;  // new
    std::uint64_t merged = 0;
    std::uint64_t names = 0;   // new
    std::uint64_t pivots = 0;  // new
    std::int64_t octets = 0;   // more, of blocks

    BatchCounts& operator+=(const BatchCounts& other) noexcept {
        records += other.records;
        merged += other.merged;
        names += other.names;
        pivots += other.pivots;
        octets += other.octets;
        return *this;
    }
};

// The last batch of a lane that changed the tablet. What it and earlier ones of the lane had for
// the tablet is in it.
struct TabletMark {
    std::uint8_t lane;
    std::uint64_t seq;
    BatchCounts counts;  // without pivots and octets
};

struct TabletHead {
    std::uint64_t version = 1;
    TabletSpace space = TabletSpace::names;
    std::string lower;
    std::string upper;         // exclusive
    std::uint64_t right = 0;   // the tablet behind, or 0 for the last
    std::uint64_t octets = 0;  // of blocks and their keys
    std::vector<TabletMark> marks;

    bool has(std::string_view key) const noexcept { return lower <= key && key < upper; }
    const TabletMark* mark_of(std::uint8_t lane) const noexcept;
    void set_mark(const TabletMark& mark);
};

std::string encode_head(const TabletHead& head);
// Nothing where it is malformed.
std::optional<TabletHead> decode_head(std::string_view octets);

// "t" and the number in hexadecimal.
std::string tablet_object(std::uint64_t id);

}  // namespace dnshist
