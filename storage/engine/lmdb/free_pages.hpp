// LMDB never makes its file smaller: pages that it does not need any more are kept for what is
// written next. Here the file system gets their disk space back, and the file has holes then.
#pragma once

#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist::lmdb {

// Gives back the pages that LMDB itself might overwrite now: no state refers to them that is read,
// or that would be the newest after a crash. Waits for the writer, and keeps others from writing
// meanwhile. Does nothing where the file system has no holes.
void give_back_free_pages(const Environment& environment);

}  // namespace dnshist::lmdb
