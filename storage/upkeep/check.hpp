// Whether a store is whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/format/store_types.hpp"

namespace dnshist {

// The counts of a walk over every block, record and pivot. Each problem, a damaged block too,
// goes to the report.
struct CheckResult {
    std::uint64_t names = 0;
    std::uint64_t records = 0;
    std::uint64_t pivots = 0;
    std::uint64_t problems = 0;

    // In a cluster, where these are no problems: objects that writers have left that were killed,
    // or that a writer at work has just written, and how many were removed; tablets that the
    // directory does not have, and how many were added to it; and the writers (host and process) of
    // batches that have begun and not ended.
    std::uint64_t left = 0;
    std::uint64_t removed = 0;
    std::uint64_t unlisted = 0;
    std::uint64_t listed = 0;
    std::vector<std::string> unfinished{};
    // Pivots that have no record yet, or records that have no pivot any more, since such a batch
    // has only been written in part.
    std::uint64_t explained = 0;
    // Batches were written meanwhile, or have not ended: the statistics, which are other numbers
    // than those that were found, say nothing.
    bool statistics_are_open = false;
};

// Whether what killed writers have left in a cluster is put in order.
enum class Clean : std::uint8_t { no, yes };

// Throws StoreError where the store cannot be read, and where one in a directory is to be cleaned.
CheckResult check_store(const std::filesystem::path& directory, const DamageReport& report,
                        Clean clean = Clean::no);

}  // namespace dnshist
