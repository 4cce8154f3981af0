// The numbers of a store as text.
#pragma once

#include <optional>
#include <string>

#include "storage/format/store_types.hpp"
#include "storage/history/history.hpp"

namespace dnshist::zonegen {

// Lines for the operator. Levels only where the store has any.
std::string statistics_text(const StoreStatistics& statistics, const LevelStatistics& levels = {},
                            const OverflowingParents& overflow = {},
                            const std::optional<ClusterStatistics>& cluster = {});

// One JSON object; times as RFC 3339, null where the store is empty.
std::string statistics_json(const StoreStatistics& statistics, const LevelStatistics& levels = {},
                            const OverflowingParents& overflow = {},
                            const std::optional<ClusterStatistics>& cluster = {});

}  // namespace dnshist::zonegen
