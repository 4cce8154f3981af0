// What a writer has read of a tablet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_head.hpp"

namespace dnshist {

// The blocks of a tablet that were read, and what is known of where each begins.
class LoadedTablet {
  public:
    LoadedTablet(const TabletHead& tablet, const ObjectRead& read)
        : head(tablet), blocks(read.entries), begins_(blocks.size() + 1) {
        for (const ObjectRead::Range& range : read.ranges) {
            const std::size_t first = at(range.after);
            std::string& begin = begins_[first];
            const std::string& after = std::max(range.after, head.lower);
            if (begin.empty() || after < begin) begin = after;
            for (std::size_t i = 1; i < range.most && first + i <= blocks.size(); ++i)
                begins_[first + i] = blocks[first + i - 1].key;
        }
    }

    // The block that a key belongs into; behind the last one there is an empty one, up to the
    // tablet's end.
    std::size_t at(std::string_view key) const {
        const auto found = std::ranges::upper_bound(blocks, key, {}, &ObjectEntry::key);
        return static_cast<std::size_t>(found - blocks.begin());
    }
    // Whether that was read: no block in between was left out.
    bool knows(std::size_t block, std::string_view key) const {
        return !begins_[block].empty() && begins_[block] <= key;
    }
    bool is_next(std::size_t block, std::size_t before) const {
        return block == before + 1 && begins_[block] == blocks[before].key;
    }
    const std::string& begin(std::size_t block) const { return begins_[block]; }
    const std::string& upper(std::size_t block) const {
        return block < blocks.size() ? blocks[block].key : head.upper;
    }
    Octets octets(std::size_t block) const {
        return block < blocks.size() ? as_octets(blocks[block].value) : Octets{};
    }

    const TabletHead& head;
    const std::vector<ObjectEntry>& blocks;

  private:
    std::vector<std::string> begins_;  // empty: not known
};

}  // namespace dnshist
