// Whether a store is whole.
#pragma once

#include <cstdint>
#include <filesystem>

#include "storage/format/store_types.hpp"

namespace dnshist {

// The counts of a walk over every block, record and pivot. Each problem, a damaged block too,
// goes to the report.
struct CheckResult {
    std::uint64_t names = 0;
    std::uint64_t records = 0;
    std::uint64_t pivots = 0;
    std::uint64_t problems = 0;
};
CheckResult check_store(const std::filesystem::path& directory, const DamageReport& report);

}  // namespace dnshist
