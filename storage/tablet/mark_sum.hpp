// What the marks of all tablets of a map say of one batch: for who cannot know what the batch has
// changed, since a reply was lost or another process has done a part of it.
#pragma once

#include "storage/tablet/tablet_map.hpp"
#include "storage/tablet/tablet_writer.hpp"

namespace dnshist {

// Reads the head of every tablet. Throws ObjectError.
BatchCounts sum_of_marks(ObjectStore& objects, TabletMap& map, TabletSpace space,
                         const TabletWriter::Mark& mark);

}  // namespace dnshist
