// Copies one state of a store in a directory into an object store (storage/cluster).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "storage/upkeep/copy.hpp"

namespace dnshist {

// Into a namespace without objects, or one where a copy was broken off. The root comes last: there
// is no store before. Nothing where the observer ended it. Throws StoreError.
std::optional<CopyResult> copy_to_cluster(const std::filesystem::path& store,
                                          const std::string& target, const CopyObserver& observer);

}  // namespace dnshist
