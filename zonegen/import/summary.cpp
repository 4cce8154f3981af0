#include "zonegen/import/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dnshist::zonegen {

std::string reasons_text(const RejectReport& rejects) {
    std::string text;
    for (std::size_t i = 0; i < reason_count; ++i) {
        const auto reason = static_cast<Reason>(i);
        if (rejects.count(reason) == 0) continue;
        text += fmt::format("\n{:>10} {}", rejects.count(reason), reason_text(reason));
    }
    return text;
}

std::string writing_text(const ClusterWriting& writing) {
    std::string text = fmt::format(
        "{} octets for each of {} observations, of which the cluster makes its copies",
        writing.octets / std::max<std::uint64_t>(writing.observations, 1), writing.observations);
    if (writing.cuts != 0) text += fmt::format("; {} new tablets", writing.cuts);
    if (writing.conflicts != 0) {
        text += fmt::format("; {} writes made again, since another writer was first",
                            writing.conflicts);
    }
    if (writing.unanswered != 0) {
        text += fmt::format("; {} writes without a reply", writing.unanswered);
    }
    return text;
}

std::string summary_text(const Summary& summary, const RejectReport& rejects) {
    const double rate =
        summary.seconds > 0 ? static_cast<double>(summary.observations) / summary.seconds : 0;
    std::string text = fmt::format(
        "{} observations in {:.1f} s ({:.0f}/s): {} new records, {} merged, {} rejected",
        summary.observations, summary.seconds, rate, summary.new_records, summary.merged_records,
        rejects.total());
    if (summary.left_out != 0) {
        text += fmt::format("\n{:>10} left out, by include and exclude", summary.left_out);
    }
    if (summary.refused_children != 0) {
        text += fmt::format("\n{:>10} of names above the limit of new children (see stats)",
                            summary.refused_children);
    }
    if (summary.writing && summary.writing->observations != 0) {
        text += "\n           written: " + writing_text(*summary.writing);
    }
    return text + reasons_text(rejects);
}

}  // namespace dnshist::zonegen
