// The first half of a check: whether pages, blocks, keys, sources and feeds are as FORMAT.md says,
// each on its own. The second half, check.cpp, compares them with each other.
#pragma once

#include <filesystem>

#include "storage/format/store_types.hpp"

namespace dnshist {

// Reports the first damage to LMDB's own pages; false where there is some. Throws StoreError where
// the store cannot be read at all, as the next.
bool check_lmdb(const std::filesystem::path& directory, const DamageReport& report);

// Reports everything that is not. A database that LMDB cannot read is one report. False where the
// files of levels cannot be opened, without which nothing can be compared.
bool check_layout(const std::filesystem::path& directory, const DamageReport& report);

}  // namespace dnshist
