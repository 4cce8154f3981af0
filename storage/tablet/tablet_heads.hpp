// A walk over the heads of all tablets of a map.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

// Calls take(id, head) for each that the directory has, or that is to the right of another, in no
// order; without a head where the object is missing or damaged. Throws ObjectError.
void for_each_tablet(
    ObjectStore& objects, TabletMap& map, TabletSpace space,
    const std::function<void(std::uint64_t id, const std::optional<TabletHead>&)>& take);

// The sum of what the marks of all tablets say of one batch: for callers that cannot know what it
// changed, since a reply was lost or another process has done a part of it. Throws ObjectError.
BatchCounts sum_of_marks(ObjectStore& objects, TabletMap& map, TabletSpace space, std::uint8_t lane,
                         std::uint64_t seq);

}  // namespace dnshist
