// Whether LMDB's own pages are what they should be.
//
// LMDB trusts the numbers in its pages: a wrong one may make it read outside of the file's map,
// which ends the process. So they are read here before, with every number checked.
#pragma once

#include <cstddef>
#include <span>

#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist::lmdb {

// Reads the pages of the trees as they are now: of the named databases `names`, or of all and the
// list of free pages. The roots come first, and then level by level; values on pages of their own
// are not read, nor databases with duplicates, which no store has. Throws Error ("page 7 of
// data.mdb is damaged: ...").
void expect_sound_pages(const Environment& environment);
// The same, of `most` pages at most.
void expect_sound_pages(const Environment& environment, std::span<const char* const> names,
                        std::size_t most);

}  // namespace dnshist::lmdb
