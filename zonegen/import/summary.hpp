// What an import came to.
#pragma once

#include <cstdint>
#include <string>

#include "zonegen/import/reject_report.hpp"

namespace dnshist::zonegen {

struct Summary {
    std::uint64_t observations = 0;  // that are in the store now
    std::uint64_t new_records = 0;
    std::uint64_t merged_records = 0;    // that the store had before
    std::uint64_t left_out = 0;          // observations that the filter does not keep
    std::uint64_t refused_children = 0;  // records of names above the limit of new children
    double seconds = 0;
};

// Why what was rejected was: a line for each reason, each after an end of line.
std::string reasons_text(const RejectReport& rejects);
// A few lines for a person, without the last end of line.
std::string summary_text(const Summary& summary, const RejectReport& rejects);

}  // namespace dnshist::zonegen
