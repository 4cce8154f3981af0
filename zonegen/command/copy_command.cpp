#include <fmt/format.h>

#include "storage/upkeep/copy.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/console/progress.hpp"
#include "zonegen/console/stop_signal.hpp"

namespace dnshist::zonegen {

// A backup of the store, made while it is in use.
Result<ExitCode> copy_command(const CommandLine& command, const conf::Settings& settings,
                              Terminal& terminal) {
    const std::filesystem::path& store = settings.store.directory;
    const std::filesystem::path target = command.copy;
    const StopSignal stop;
    ProgressLine line(terminal);
    const auto observe = [&](std::uint64_t written, std::uint64_t expected) {
        if (line.due()) {
            line.tell(fmt::format("copy: {} of {}", octets_text(written), octets_text(expected)));
        }
        return !stop.requested();
    };
    const auto result = copy_store(store, target, observe);
    terminal.clear();
    if (!result) {
        terminal.complain("copy: stopped; nothing is left of it in " + target.string());
        return failed;
    }
    if (!result->compacted) {
        terminal.say(
            "the store has lost pages, which harms nothing but makes it larger; so this copy has "
            "its free pages too. An import of its export makes a small store");
    }
    terminal.say(fmt::format(
        "{} copied to {} in {:.1f} s: {} names, {} records, {} (the store has {})", store.string(),
        target.string(), line.seconds(), result->statistics.names, result->statistics.records,
        octets_text(result->octets_after), octets_text(result->octets_before)));
    return done;
}

}  // namespace dnshist::zonegen
