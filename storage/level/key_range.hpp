// The ranges of keys that levels are merged in.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/block/range_builder.hpp"
#include "storage/level/level_list.hpp"

namespace dnshist {

// A range of one map's keys, and its file in each level, the youngest first.
struct KeyRange {
    Space space;
    std::vector<std::uint8_t> lower;
    std::optional<std::vector<std::uint8_t>> upper;
    std::array<std::optional<ListedFile>, levels_of_a_store> files;

    bool has(Octets key) const {
        return compare(key, lower) >= 0 && (!upper || compare(key, *upper) < 0);
    }
    // Whether nothing but its oldest file has keys.
    bool is_whole() const {
        return std::ranges::all_of(files.begin(), files.end() - 1,
                                   [](const auto& file) { return !file.has_value(); });
    }
    // Whether its files have keys.
    bool has_old_keys() const {
        return std::ranges::any_of(files,
                                   [](const auto& file) { return file && file->octets != 0; });
    }
};

// The range that has the keys at `key`.
inline KeyRange range_of(const std::vector<ListedFile>& list, Space space, Octets key) {
    KeyRange range{space, {lowest_key[0]}, std::nullopt, {}};
    for (const ListedFile& file : list) {
        if (file.space != space) continue;
        if (compare(file.lower, key) <= 0) {
            if (compare(file.lower, range.lower) > 0) range.lower = file.lower;
        } else if (!range.upper || compare(file.lower, *range.upper) < 0) {
            range.upper = file.lower;
        }
    }
    for (const ListedFile& file : list) {
        if (file.space == space && equal(file.lower, range.lower)) {
            range.files[file.level - 1U] = file;
        }
    }
    return range;
}

}  // namespace dnshist
