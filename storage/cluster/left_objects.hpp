// The objects that writers have left that were killed: octets of batches that were never begun, and
// right parts of tablets that were never cut. They do no harm but take room.
//
// One is removed only once no writer can need it any more, also one that was given up and goes on
// after hours:
//
//  - A batch is begun by a write to the journal, which only the holder of the lane's epoch can do.
//    So a batch of an earlier epoch is not begun any more; the epoch of a holder that lives is left
//    alone. That the octets were removed is noted in the journal: whoever finds his octets gone
//    takes his batch for one that another writer has ended.
//  - A tablet becomes a right part by a write to the one that has its keys, on the condition of
//    that one's head. So that head is changed first.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

// The objects of a store that nothing leads to, as things are now: a writer at work may have
// written some of them a moment ago. `tablets` are the objects of all tablets of both maps,
// read after `names`.
std::vector<std::string> left_objects(ObjectStore& objects, const std::vector<std::string>& names,
                                      const std::vector<std::string>& tablets);

// Removes those that no writer needs. How many. Throws ObjectError.
std::size_t remove_left_objects(ObjectStore& objects, TabletMap& map,
                                const std::vector<std::string>& left);

}  // namespace dnshist
