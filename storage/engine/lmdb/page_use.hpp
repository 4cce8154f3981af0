// How an environment's pages are used, for a check of the store.
#pragma once

#include <cstddef>

#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist::lmdb {

// The pages of the environment's file, up to the last that was ever used. Every page is free (some
// until a reader ends) or used by exactly one database; any other was lost.
struct PageUse {
    std::size_t all = 0;
    std::size_t free = 0;  // by the list of free pages, and the pages of that list
    std::size_t used = 0;  // by the databases, and the two meta pages
    // Whether all numbers are of one state of the file; perhaps not while another process writes.
    bool consistent = false;
};
// Reads the whole list of free pages, but not the databases.
PageUse page_use(const Environment& environment);

// Whether every page from `first_missing` on, up to the last that was ever used, is in the list of
// free pages. False where that list cannot be read.
bool lacks_only_free_pages(const Environment& environment, std::size_t first_missing);

}  // namespace dnshist::lmdb
