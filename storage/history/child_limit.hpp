// The limit on how many new children (names one label longer) a name may get in the store.
//
// Wildcards, trackers and generators make names that are used once, and each of them is new. The
// limit admits the first children of a parent, which show what goes on there, refuses the others,
// and counts both.
//
// A child is new where the store has nothing at it or below it. A new name counts as one child: its
// topmost new label below the parents that are exempt. Where only example.com. is known,
// a.b.c.example.com. counts as the child c of example.com., and is refused with everything else
// below c.example.com. A child that comes together with its parent counts for the parent's parent
// alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_types.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

struct ChildLimit {
    // New children that a parent may get, counted since a limit was first set; 0: no limit.
    std::uint32_t children = 0;
    // Parents without a limit, such as com. and other public suffixes. The name is in wire form.
    std::function<bool(Octets parent)> exempt;
};

// Admits or refuses the new names of one batch, within its transaction.
class ChildCounter {
  public:
    // The limit, the transaction and the database outlive it.
    ChildCounter(const ChildLimit& limit, lmdb::Transaction& transaction, MDB_dbi database)
        : limit_(limit), transaction_(transaction), database_(database) {}

    // Whether a new owner is admitted. Owners come in ascending order; had_prefix(octets) says
    // whether the store had keys with that prefix before the batch.
    template <class HadPrefix>
    bool admits(Octets owner_key, const HadPrefix& had_prefix) {
        if (!refused_.empty() && starts_with(owner_key, refused_)) return false;
        std::size_t parent_size = 0;
        for (std::size_t end = 0; owner_key[end] != 0; parent_size = end) {
            end += std::size_t{1} + owner_key[end];
            const Octets child = owner_key.first(end);
            if (had_prefix(child) || starts_with(last_, child)) continue;
            const Octets parent = owner_key.first(parent_size);
            if (is_exempt(parent)) continue;
            if (!admit_child(parent)) {
                refused_.assign(child.begin(), child.end());
                return false;
            }
            break;
        }
        last_.assign(owner_key.begin(), owner_key.end());
        return true;
    }

    // Writes the counts that have changed.
    void write();

  private:
    bool admit_child(Octets parent);
    bool is_exempt(Octets parent) const;

    const ChildLimit& limit_;
    lmdb::Transaction& transaction_;
    MDB_dbi database_;
    std::map<std::string, ChildCount, std::less<>> children_;  // of parents in this batch
    std::vector<std::uint8_t> last_;                           // owner admitted
    std::vector<std::uint8_t> refused_;  // the last child refused, without its closing zero
};

}  // namespace dnshist
