// Walks several sources of a map as one: an entry that lies in several of them becomes one.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/block_cursor.hpp"
#include "storage/block/block_damage.hpp"
#include "storage/block/prefetch.hpp"
#include "storage/level/level_source.hpp"
#include "storage/level/prefix_filter.hpp"

namespace dnshist {

// A payload whose first octet has this bit says that what older sources have of its key is void.
inline constexpr std::uint8_t void_mark = 64;

inline bool voids_older(Octets payload) noexcept {
    return !payload.empty() && (payload.front() & void_mark) != 0;
}

// How the payloads of one key become one.
class PayloadMerge {
  public:
    virtual ~PayloadMerge() = default;
    // Of one entry or several, the newest first; only the last may void older ones. Nothing where
    // the map does not have the key. The octets are good until the next call.
    virtual std::optional<Octets> merge(std::span<const Octets> payloads) = 0;
};

// One source of a map. `parts` are the files that a level's blocks lie in, for their filters;
// nullptr for the youngest source, which has none.
struct MapSource {
    std::unique_ptr<BlockSource> blocks;
    std::shared_ptr<const LevelParts> parts;
};

// Like a BlockCursor. A walk has a prefix: entries whose keys do not begin with it may be passed
// over, since sources that have no key with the prefix are not read.
class MergedCursor {
  public:
    // The newest source first; at most max_sources_of_a_map. All but the sources outlive the
    // cursor.
    MergedCursor(std::vector<MapSource> sources, BlockSymbols& symbols, const BlockDamage& report,
                 PayloadMerge& merge, NextBeginning beginnings);

    // To be called after the transaction was renewed: with sources where they are others now.
    void renew();
    void renew(std::vector<MapSource> sources);

    // Places the cursor before the first entry whose key is at or after `target`, in a walk of keys
    // that begin with `prefix`.
    void seek(Octets prefix, Octets target) {
        if (is_alone_) return current_->seek(target);
        seek_all(prefix, target, false);
    }
    // Starts from what was found where `expected` has the same target.
    void seek(Octets prefix, Octets target, const Prefetch& expected);
    // As seek(key, key), for a key that is surely there: a filter that would only say so is not
    // asked.
    void seek_known(Octets key) {
        if (is_alone_) return current_->seek(key);
        seek_all(key, key, true);
    }
    // Moves to the next key, void ones too: a prune may leave a great many of these, which next()
    // passes over in one go.
    bool step() {
        return is_alone_ ? current_->next() : only_ != nullptr ? step_of_only() : step_of_all();
    }
    // Whether what the sources have of the key is void: the map does not have it.
    bool is_void() const noexcept { return is_void_; }
    // Moves to the next key that the map has.
    bool next() {
        if (is_alone_) return current_->next();
        std::size_t shared = std::numeric_limits<std::size_t>::max();
        do {
            if (!step()) return false;
            shared = std::min(shared, shared_);
        } while (is_void_);
        shared_ = shared;
        return true;
    }
    // After a move: whether one more would read another block, if there is one.
    bool ends_block() const noexcept;

    // See BlockCursor. A target is the prefix of its walk.
    void prefetch(std::span<Prefetch* const> seeks);

    Octets key() const noexcept { return current_->key(); }
    Octets payload() const noexcept { return is_alone_ ? current_->payload() : payload_; }
    // How many leading octets the key has in common with that before the move: as many, or 0.
    std::size_t shared() const noexcept { return is_alone_ ? current_->shared() : shared_; }
    PackedKey packed_key() const noexcept { return current_->packed_key(); }
    Octets block_key() const noexcept { return current_->block_key(); }
    std::uint64_t reads() const noexcept { return is_alone_ ? current_->reads() : reads_of_all(); }

    // After one move since the seek: whether no key begins with `beginning`, with which the
    // target begins. False where that is not known.
    bool excludes(Octets beginning) const noexcept;

  private:
    struct Source {
        BlockCursor cursor;
        std::shared_ptr<const LevelParts> parts;
        bool excluded = false;   // from the walk, by its filter
        bool has_moved = false;  // its cursor goes on with the next step
        bool at_entry = false;
        std::size_t common = 0;  // octets that its key has in common with the last entry's

        Source(BlockCursor reader, std::shared_ptr<const LevelParts> files)
            : cursor(std::move(reader)), parts(std::move(files)) {}
    };

    void seek_all(Octets prefix, Octets target, bool is_known);
    bool step_of_only();
    bool step_of_all();
    std::uint64_t reads_of_all() const noexcept;
    bool may_have(const Source& source, Octets prefix) const noexcept;
    void begin();
    void advance();
    bool goes_on_alone() noexcept;
    bool select();
    void merge_selected();
    void merge(std::span<const Octets> payloads);

    std::vector<std::unique_ptr<Source>> sources_;
    BlockSymbols* symbols_;
    const BlockDamage& report_;
    PayloadMerge& merge_;
    NextBeginning beginnings_;
    std::uint64_t state_ = 0;  // counts the renewals
    BlockCursor* current_ = nullptr;
    bool is_alone_ = true;    // the map has one source
    Source* only_ = nullptr;  // in the walk, where that has one
    Octets payload_;
    bool is_void_ = false;
    std::size_t shared_ = 0;
    // Where one source alone had the last entry: that, and the most octets that the last entry has
    // in common with the keys of others.
    Source* last_ = nullptr;
    std::size_t common_with_others_ = 0;
};

}  // namespace dnshist
