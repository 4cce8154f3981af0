// The result of an import, in numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/format/store_types.hpp"
#include "storage/history/history_writer.hpp"
#include "zonegen/import/reject_report.hpp"

namespace dnshist::zonegen {

// Numbers of what was written to the store.
struct Intake {
    std::uint64_t observations = 0;
    std::uint64_t new_records = 0;
    std::uint64_t merged_records = 0;         // that the store held before
    std::uint64_t refused_children = 0;       // records of names above the limit of new children
    std::optional<ClusterWriting> writing{};  // where the store is in a cluster

    void add(std::uint64_t of_batch, const ApplyResult& result) noexcept {
        observations += of_batch;
        new_records += result.new_records;
        merged_records += result.merged_records;
        refused_children += result.refused_children;
    }
};

struct Summary : Intake {
    std::uint64_t left_out = 0;  // observations that the filter rejects
    double seconds = 0;
};

// What it took to write into a cluster, in words.
std::string writing_text(const ClusterWriting& writing);

// The number of rejects by reason: a line each, with an end of line before it.
std::string reasons_text(const RejectReport& rejects);
// A few lines for the operator, without the last end of line.
std::string summary_text(const Summary& summary, const RejectReport& rejects);

}  // namespace dnshist::zonegen
