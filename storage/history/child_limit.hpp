// OverflowingParents: parents that get more children than a history has use for.
//
// Wildcards, trackers and generators make names to be used once, and each of them is new. A limit
// on how many new children a parent may get keeps the first ones, which show what goes on there,
// and turns away the others, of which it keeps the number.
//
// A child is new where nothing at it or below it is in the store. Of a new name it is the topmost
// new label that counts, below the parents that have no limit: a.b.c.example.com. is, where only
// example.com. is known, the child c of example.com., and what is turned away with it is all of
// c.example.com. A child that brings its parent along counts for the parent's parent alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

struct ChildLimit {
    // New children that a parent may get, since a limit was first set; 0: no limit.
    std::uint32_t children = 0;
    // Parents that no limit holds for, such as com., of which everything is the child. A name in
    // wire form.
    std::function<bool(Octets parent)> exempt;
};

struct ChildCount {
    std::uint64_t admitted = 0;
    // Children turned away; one that comes again with another batch counts again.
    std::uint64_t refused = 0;
};
std::vector<std::uint8_t> encode_child_count(const ChildCount& children);
std::optional<ChildCount> decode_child_count(Octets octets) noexcept;

// Decides for the new names of one batch, within its transaction.
class ChildCounter {
  public:
    // The limit, the transaction and the database outlive it.
    ChildCounter(const ChildLimit& limit, lmdb::Transaction& transaction, MDB_dbi database)
        : limit_(limit), transaction_(transaction), database_(database) {}

    // Whether an owner that is new may come in. Owners in ascending order; had_prefix(octets) says
    // whether the store, as it was before the batch, had keys that begin so.
    template <class HadPrefix>
    bool admits(Octets owner_key, const HadPrefix& had_prefix) {
        if (!turned_away_.empty() && starts_with(owner_key, turned_away_)) return false;
        std::size_t parent_size = 0;
        for (std::size_t end = 0; owner_key[end] != 0; parent_size = end) {
            end += std::size_t{1} + owner_key[end];
            const Octets child = owner_key.first(end);
            if (had_prefix(child) || starts_with(last_, child)) continue;
            const Octets parent = owner_key.first(parent_size);
            if (is_exempt(parent)) continue;
            if (!takes_child(parent)) {
                turned_away_.assign(child.begin(), child.end());
                return false;
            }
            break;
        }
        last_.assign(owner_key.begin(), owner_key.end());
        return true;
    }

    // Puts the numbers that have changed into the database.
    void write();

  private:
    bool takes_child(Octets parent);
    bool is_exempt(Octets parent) const;

    const ChildLimit& limit_;
    lmdb::Transaction& transaction_;
    MDB_dbi database_;
    std::map<std::string, ChildCount, std::less<>> children_;  // of parents met
    std::vector<std::uint8_t> last_;                           // owner let in
    std::vector<std::uint8_t> turned_away_;  // the last child, without a closing zero
};

}  // namespace dnshist
