#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "storage/format/store_types.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/history/prune.hpp"
#include "storage/record/rdata.hpp"
#include "storage/text/quote.hpp"
#include "storage/text/time.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/command/input_options.hpp"
#include "zonegen/console/progress.hpp"
#include "zonegen/console/stop_signal.hpp"
#include "zonegen/export/line_output.hpp"

namespace dnshist::zonegen {

namespace {

// Reading the clock for every record would cost more than the record does.
constexpr std::uint64_t records_between_looks = 4096;

// The plan is made before the store is opened for writing, so that a store that is not there is not
// made.
struct Plan {
    PruneRule rule;
    std::uint64_t records = 0;  // in the store
};

Result<Plan> make_plan(const CommandLine& line, const std::filesystem::path& directory) {
    Plan plan;
    PruneRule& rule = plan.rule;
    if (line.last_before) {
        const auto period = period_from_text(*line.last_before, now_utc());
        if (!period) {
            return Problem{"--last-before " + *line.last_before +
                           " is no time: give a date (2019, 2019-06, 2019-06-01, "
                           "2019-06-01T12:00:00Z) or an age (90d, 18mo, 2y)"};
        }
        rule.last_before = period->begin;
    }
    rule.fewer_than = line.min;
    const bool of_source = line.prune_source || line.prune_sensor;
    if (!line.last_before && !of_source) {
        return Problem{"prune needs at least one of --last-before, --source and --sensor"};
    }
    for (const auto& word : {line.prune_source, line.prune_sensor}) {
        if (word && word->empty()) {
            return Problem{
                "--source and --sensor take a word; an empty one is that of every source "
                "that has none"};
        }
    }
    History history(directory);
    Snapshot snapshot(history);
    plan.records = snapshot.statistics().records;
    if (!of_source) return plan;
    rule.sources = snapshot.sources_where([&](const Source& source) {
        return !source.empty() &&
               (!line.prune_source || source.sensor_id == *line.prune_source ||
                source.origin == *line.prune_source) &&
               (!line.prune_sensor || source.sensor_id == *line.prune_sensor);
    });
    if (rule.sources->empty()) {
        return Problem{"no record came from " +
                       quote(line.prune_source ? *line.prune_source : *line.prune_sensor) +
                       "; an export shows the sensor_id and the origin of each record"};
    }
    return plan;
}

std::string progress_text(const PruneProgress& progress, std::uint64_t total, const char* done) {
    const double share =
        total == 0 ? 1 : static_cast<double>(progress.visited) / static_cast<double>(total);
    return fmt::format("prune: {} of {} records looked at ({} %), {} {}", progress.visited, total,
                       static_cast<int>(100 * std::min(share, 1.0)), progress.records, done);
}

void tell_shared(const PruneProgress& progress, Terminal& terminal) {
    if (progress.shared == 0) return;
    terminal.say(fmt::format(
        "{} records of the source stay, because others have seen them too; what it told of their "
        "times and counts stays with them ('prune --dry-run --verbose' lists them)",
        progress.shared));
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

// Where much was removed, writes the levels anew without it. Failing loses nothing: later merges
// drop what was removed, and answers are without it already.
void drop_removed(HistoryWriter& writer, const PruneProgress& progress, Terminal& terminal,
                  const StopSignal& stop) {
    constexpr std::uint64_t much = 8;  // one of so many
    if (progress.records == 0 || writer.is_in_cluster()) return;
    if (!writer.has_levels()) {
        terminal.say(
            "the file keeps its size, and what is written next has room in it; 'dnshist-zonegen "
            "copy DIR' makes a small one");
        return;
    }
    bool is_dropped = false;
    if (progress.records * much >= progress.visited) {
        try {
            is_dropped = writer.merge_all([&] { return !stop.requested(); });
        } catch (const StoreError& error) {
            terminal.complain(error.what());
        }
    }
    terminal.say(is_dropped ? "the disk space of what was removed is given back"
                            : "the disk space of what was removed comes back with the merges that "
                              "follow imports; 'dnshist-zonegen copy DIR' makes a small store");
}

// Removes the records that the rule names, step by step. False where it was stopped.
bool prune_store(const std::filesystem::path& directory, const Plan& plan, Terminal& terminal,
                 const StopSignal& stop) {
    HistoryWriter::Options options;
    options.damage = complaints_of_damage(terminal);
    HistoryWriter writer(directory, options);
    ProgressLine line(terminal);
    PruneProgress progress;
    while (!progress.done()) {
        if (stop.requested()) {
            terminal.complain("prune: stopped: " + removed_text(progress) +
                              " so far; the same command goes on from there");
            return false;
        }
        writer.prune(plan.rule, progress, now_utc());
        while (writer.merge_is_overdue() && writer.merge_step()) {
        }
        if (line.due()) {
            std::string text = progress_text(progress, plan.records, "removed");
            if (progress.stage != PruneProgress::Stage::removing) text += "; freeing pages";
            line.tell(text);
        }
    }
    terminal.clear();
    terminal.say(fmt::format("{}; {} records are left", removed_text(progress),
                             progress.visited - progress.records));
    tell_shared(progress, terminal);
    drop_removed(writer, progress, terminal, stop);
    return took_all(writer, terminal);
}

// Lists a record: "- " where it goes, "= " where it stays because of other sources.
void list(LineOutput& out, const StoredRecord& record, PruneRule::Fate fate) {
    const auto owner = Name::from_key(record.owner);
    out.text() += fate == PruneRule::Fate::goes ? "- " : "= ";
    out.text() += time_text(record.seen.begin) + ' ' + time_text(record.seen.end) + ' ' +
                  std::to_string(record.count) + ' ' + (owner ? owner->text() : "?") + ' ' +
                  rrtype_text(record.type) + ' ' + rdata_text(record.type, record.rdata);
    out.end_line();
}

// Tells what the prune would remove, and writes nothing. False where it was stopped.
bool count_prunable(const std::filesystem::path& directory, const Plan& plan, bool verbose,
                    Terminal& terminal, const StopSignal& stop) {
    History history(directory);
    Snapshot snapshot(history);
    ProgressLine line(terminal);
    PruneProgress progress;
    NameCount names;
    LineOutput lines(stdout);
    RecordCursor cursor(snapshot);
    for (cursor.seek_all(); cursor.next();) {
        const StoredRecord& record = cursor.record();
        const auto fate = plan.rule.fate_of(record.seen, record.count, record.payload)
                              .value_or(PruneRule::Fate::stays);
        const bool goes = fate == PruneRule::Fate::goes;
        names.see(record.owner, goes);
        if (goes) ++progress.records;
        if (fate == PruneRule::Fate::shared) ++progress.shared;
        if (verbose && fate != PruneRule::Fate::stays) list(lines, record, fate);
        if (++progress.visited % records_between_looks != 0) continue;
        if (line.due()) line.tell(progress_text(progress, plan.records, "would be removed"));
        if (stop.requested()) {
            terminal.complain("prune: stopped");
            return false;
        }
    }
    names.end_owner();
    lines.flush();
    terminal.clear();
    terminal.say(fmt::format("{} of {} records would be removed, and with them {} of {} names",
                             progress.records, progress.visited, names.gone(), names.names()));
    tell_shared(progress, terminal);
    return true;
}

}  // namespace

Result<ExitCode> prune_command(const CommandLine& line, const conf::Settings& settings,
                               Terminal& terminal) {
    const auto& directory = settings.store.directory;
    const auto plan = make_plan(line, directory);
    if (!plan) return plan.error();
    const StopSignal stop;
    const bool complete = line.dry_run
                              ? count_prunable(directory, *plan, line.verbose, terminal, stop)
                              : prune_store(directory, *plan, terminal, stop);
    return complete ? done : failed;
}

}  // namespace dnshist::zonegen
