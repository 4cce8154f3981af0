// Whether a store lies on the disk as FORMAT.md says: its pages, blocks, keys, sources and feeds,
// each for itself.
#pragma once

#include <filesystem>

#include "storage/format/store_types.hpp"

namespace dnshist {

// Tells of everything that does not. Throws StoreError where the store cannot be read at all.
void check_layout(const std::filesystem::path& directory, const DamageReport& report);

}  // namespace dnshist
