// Whether LMDB's own pages are what they should be.
//
// LMDB trusts the numbers in its pages: a wrong one may make it read outside of the file's map,
// which ends the process. So they are read here before, with every number checked.
#pragma once

#include <cstddef>

#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist::lmdb {

// Reads the pages of the trees as they are now, the roots first and then level by level, `most` of
// them at most; values on pages of their own are not read, nor databases with duplicates, which no
// store has. Throws Error ("page 7 of data.mdb is damaged: ...").
void expect_sound_pages(const Environment& environment, std::size_t most);

}  // namespace dnshist::lmdb
