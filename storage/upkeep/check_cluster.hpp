// The first half of a check of a store in a cluster: whether its tablets are whole and have all
// keys, each once; and what killed writers have left. The second half, check.cpp, reads what they
// hold.
#pragma once

#include <string>

#include "storage/format/store_types.hpp"
#include "storage/upkeep/check.hpp"

namespace dnshist {

// Reports everything that is not whole, and counts the rest in `result`. False where the tablets
// cannot be read, so that nothing can be compared. Throws StoreError.
bool check_tablets(const std::string& location, Clean clean, const DamageReport& report,
                   CheckResult& result);

}  // namespace dnshist
