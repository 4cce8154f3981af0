// Copies a store of objects (storage/cluster) into a directory, or into another namespace.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "storage/upkeep/copy.hpp"

namespace dnshist {

// Blocks are copied as they are. No writer may be at work: what several moments have is no store.
// Nothing where the observer ended it. Throws StoreError, where a writer has written meanwhile too;
// then nothing is left of the copy.
std::optional<CopyResult> copy_from_cluster(const std::string& store,
                                            const std::filesystem::path& target,
                                            const CopyObserver& observer);
// The same into another namespace, as copy_to_cluster() does. The tablets are cut anew.
std::optional<CopyResult> copy_between_clusters(const std::string& store, const std::string& target,
                                                const CopyObserver& observer);

}  // namespace dnshist
