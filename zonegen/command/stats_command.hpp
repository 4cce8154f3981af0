// What a store holds, in numbers.
#pragma once

#include <string>

#include "storage/history/history.hpp"

namespace dnshist {

// Lines for a person.
std::string statistics_text(const StoreStatistics& statistics, const Crowds& crowds = {});

// One JSON object; times as RFC 3339, null where the store is empty.
std::string statistics_json(const StoreStatistics& statistics, const Crowds& crowds = {});

}  // namespace dnshist
