#include "storage/history/history.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/command/statistics_text.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t shown_parents = 10;

}  // namespace

Result<ExitCode> stats_command(const CommandLine& line, const conf::Settings& settings,
                               Terminal& /*terminal*/) {
    History history(settings.store.directory);
    Snapshot snapshot(history);
    snapshot.renew();
    const StoreStatistics numbers = snapshot.statistics();
    const LevelStatistics levels = snapshot.levels();
    const OverflowingParents overflow = snapshot.overflowing_parents(shown_parents);
    const auto cluster = history.cluster_statistics();
    snapshot.expect_no_lost_page();
    write_output(line.json ? statistics_json(numbers, levels, overflow, cluster)
                           : statistics_text(numbers, levels, overflow, cluster));
    return done;
}

}  // namespace dnshist::zonegen
