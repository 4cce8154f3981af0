#include <fmt/format.h>

#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/command/input_options.hpp"
#include "zonegen/console/progress.hpp"
#include "zonegen/console/stop_signal.hpp"

namespace dnshist::zonegen {

// The search index of all files of levels. What is in the young level is found without one.
Result<ExitCode> index_command(const CommandLine& /*line*/, const conf::Settings& settings,
                               Terminal& terminal) {
    const std::filesystem::path& store = settings.store.directory;
    { const History known(store); }  // throws where there is none
    HistoryWriter::Options options;
    options.damage = complaints_of_damage(terminal);
    options.search = true;
    HistoryWriter writer(store, options);
    say_what_waits(writer, terminal);
    const StopSignal stop;
    ProgressLine line(terminal);
    std::size_t made = 0;
    std::size_t all = 0;
    writer.rebuild_search([&](std::size_t files, std::size_t of) {
        made = files;
        all = of;
        if (line.due()) line.tell(fmt::format("index: {} of {} files", files, of));
        return !stop.requested();
    });
    terminal.clear();
    if (made < all) {
        terminal.complain(fmt::format("index: stopped after {} of {} files", made, all));
        return failed;
    }
    History history(store);
    const LevelStatistics levels = Snapshot(history).levels();
    terminal.say(fmt::format(
        "{}: the index of {} files has {}, that of the young level {}; made in {:.1f} s",
        store.string(), levels.search_files, octets_text(levels.search_octets),
        octets_text(levels.young_search_octets), line.seconds()));
    if (!settings.store.search) {
        terminal.say(
            "what imports write from now on gets no index, unless store.search is true or they "
            "have --search");
    }
    return done;
}

}  // namespace dnshist::zonegen
