#include "zonegen/command/copy_command.hpp"

#include <fmt/format.h>

#include "storage/upkeep/copy.hpp"
#include "zonegen/console/progress.hpp"

namespace dnshist::zonegen {

bool copy_store(const std::filesystem::path& store, const std::filesystem::path& target,
                Terminal& terminal, const StopSignal& stop) {
    ProgressLine line(terminal);
    const auto observe = [&](std::uint64_t written, std::uint64_t expected) {
        if (line.due()) {
            line.tell(fmt::format("copy: {} of {}", octets_text(written), octets_text(expected)));
        }
        return !stop.requested();
    };
    const auto result = dnshist::copy_store(store, target, observe);
    terminal.clear();
    if (!result) {
        terminal.complain("copy: stopped; nothing is left of it in " + target.string());
        return false;
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
    return true;
}

}  // namespace dnshist::zonegen
