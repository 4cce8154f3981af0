#include <fmt/format.h>

#include "storage/cluster/cluster_store.hpp"
#include "storage/upkeep/check.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

namespace {

// What is no problem, but good to know.
void tell_of_cluster(const CheckResult& result, Clean clean, Terminal& terminal) {
    for (const std::string& writer : result.unfinished) {
        terminal.say("a batch of " + writer +
                     " has begun and not ended: it writes just now, or was killed, and the next "
                     "writer ends it");
    }
    if (result.explained != 0) {
        terminal.say(
            fmt::format("{} pivots and records do not fit yet, since batches that have "
                        "not ended are written in part",
                        result.explained));
    }
    if (result.statistics_are_open) {
        terminal.say(
            "the counts of the statistics were not compared, since batches were written "
            "meanwhile, or have not ended");
    }
    if (clean == Clean::yes) {
        terminal.say(
            fmt::format("{} objects removed that killed writers have left; {} may be of "
                        "writers at work, and stay; {} tablets added to the directory",
                        result.removed, result.left - result.removed, result.listed));
        return;
    }
    if (result.left != 0) {
        terminal.say(
            fmt::format("{} objects are there that killed writers have left, or writers "
                        "at work have just written; they do no harm, and 'dnshist-zonegen "
                        "check --clean' removes those that nobody needs",
                        result.left));
    }
    if (result.unlisted != 0) {
        terminal.say(
            fmt::format("{} tablets are not in the directory, which makes reading them "
                        "slower; 'dnshist-zonegen check --clean' adds them",
                        result.unlisted));
    }
}

}  // namespace

Result<ExitCode> check_command(const CommandLine& line, const conf::Settings& settings,
                               Terminal& terminal) {
    const Clean clean = line.clean ? Clean::yes : Clean::no;
    const CheckResult result = check_store(
        settings.store.directory,
        [&](const std::string& where, const std::string& what) {
            terminal.complain(where + ": " + what);
        },
        clean);
    if (is_cluster(settings.store.directory.string())) tell_of_cluster(result, clean, terminal);
    write_output(
        std::to_string(result.names) + " names, " + std::to_string(result.records) + " records, " +
        std::to_string(result.pivots) + " pivots: " +
        (result.problems == 0 ? "no problem" : std::to_string(result.problems) + " problems") +
        "\n");
    return result.problems == 0 ? done : failed;
}

}  // namespace dnshist::zonegen
