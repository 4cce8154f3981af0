#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "storage/format/store_types.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/history/prune.hpp"
#include "storage/text/time.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/console/progress.hpp"
#include "zonegen/console/stop_signal.hpp"

namespace dnshist::zonegen {

namespace {

// Reading the clock for every record would cost more than the record does.
constexpr std::uint64_t records_between_looks = 4096;

// Read before the store is opened for writing, so that a store that is not there is not made.
StoreStatistics statistics_of(const std::filesystem::path& directory) {
    History history(directory);
    Snapshot snapshot(history);
    return snapshot.statistics();
}

std::string progress_text(const PruneProgress& progress, std::uint64_t total, const char* done) {
    const double share =
        total == 0 ? 1 : static_cast<double>(progress.visited) / static_cast<double>(total);
    return fmt::format("prune: {} of {} records looked at ({} %), {} {}", progress.visited, total,
                       static_cast<int>(100 * std::min(share, 1.0)), progress.records, done);
}

std::string removed_text(const PruneProgress& progress) {
    return fmt::format("{} records removed, and with them {} names and {} pivots", progress.records,
                       progress.names, progress.pivots);
}

// Counts owners whose records all go. Records of an owner come one after the other.
class NameCount {
  public:
    void see(Octets owner, bool goes) {
        if (!equal(owner, owner_)) {
            end_owner();
            owner_.assign(owner.begin(), owner.end());
            ++names_;
            all_go_ = true;
        }
        all_go_ = all_go_ && goes;
    }
    void end_owner() {
        if (!owner_.empty() && all_go_) ++gone_;
        owner_.clear();
    }
    std::uint64_t names() const noexcept { return names_; }
    std::uint64_t gone() const noexcept { return gone_; }

  private:
    std::vector<std::uint8_t> owner_;
    bool all_go_ = false;
    std::uint64_t names_ = 0;
    std::uint64_t gone_ = 0;
};

// Removes the records that the rule names, step by step. False where it was stopped.
bool prune_store(const std::filesystem::path& directory, const PruneRule& rule, Terminal& terminal,
                 const StopSignal& stop) {
    const std::uint64_t total = statistics_of(directory).records;
    HistoryWriter writer(directory, {});
    ProgressLine line(terminal);
    PruneProgress progress;
    while (!progress.done()) {
        if (stop.requested()) {
            terminal.complain("prune: stopped: " + removed_text(progress) +
                              " so far; the same command goes on from there");
            return false;
        }
        writer.prune(rule, progress, now_utc());
        if (line.due()) {
            std::string text = progress_text(progress, total, "removed");
            if (progress.stage != PruneProgress::Stage::removing) text += "; freeing pages";
            line.tell(text);
        }
    }
    terminal.clear();
    terminal.say(fmt::format("{}; {} records are left", removed_text(progress),
                             progress.visited - progress.records));
    if (progress.records != 0) {
        terminal.say(
            "the file keeps its size, and what is written next has room in it; 'dnshist-zonegen "
            "copy DIR' makes a small one");
    }
    return true;
}

// Tells what the prune would remove, and writes nothing. False where it was stopped.
bool count_prunable(const std::filesystem::path& directory, const PruneRule& rule,
                    Terminal& terminal, const StopSignal& stop) {
    History history(directory);
    Snapshot snapshot(history);
    const std::uint64_t total = snapshot.statistics().records;
    ProgressLine line(terminal);
    PruneProgress progress;
    NameCount names;
    RecordCursor cursor(snapshot);
    for (cursor.seek_all(); cursor.next();) {
        const StoredRecord& record = cursor.record();
        const bool goes = rule.removes(record.seen, record.count);
        names.see(record.owner, goes);
        if (goes) ++progress.records;
        if (++progress.visited % records_between_looks != 0) continue;
        if (line.due()) line.tell(progress_text(progress, total, "would be removed"));
        if (stop.requested()) {
            terminal.complain("prune: stopped");
            return false;
        }
    }
    names.end_owner();
    terminal.clear();
    terminal.say(fmt::format("{} of {} records would be removed, and with them {} of {} names",
                             progress.records, progress.visited, names.gone(), names.names()));
    return true;
}

}  // namespace

Result<ExitCode> prune_command(const CommandLine& line, const conf::Settings& settings,
                               Terminal& terminal) {
    const auto period = period_from_text(line.last_before, now_utc());
    if (!period) {
        return Problem{"--last-before " + line.last_before +
                       " is no time: give a date (2019, 2019-06, 2019-06-01, "
                       "2019-06-01T12:00:00Z) or an age (90d, 18mo, 2y)"};
    }
    const PruneRule rule{period->begin, line.min};
    const StopSignal stop;
    const auto& directory = settings.store.directory;
    const bool complete = line.dry_run ? count_prunable(directory, rule, terminal, stop)
                                       : prune_store(directory, rule, terminal, stop);
    return complete ? done : failed;
}

}  // namespace dnshist::zonegen
