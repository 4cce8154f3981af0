// dnshist-zonegen: imports feeds into the store, exports it and maintains it.
//
// Data goes to standard output, everything else to standard error.
#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <string_view>
#include <utility>

#include "conf/settings.hpp"
#include "zonegen/command/command_line.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::array<std::pair<std::string_view, Command*>, 7> commands = {{
    {"check", check_command},
    {"copy", copy_command},
    {"export", export_command},
    {"import", import_command},
    {"listen", listen_command},
    {"prune", prune_command},
    {"stats", stats_command},
}};

ExitCode run(int argc, char** argv) {
    CommandLine line;
    if (const auto code = read_command_line(argc, argv, line)) return *code;
    Terminal terminal;
    auto settings = conf::read_settings(line.config);
    if (!settings) {
        terminal.complain(settings.error().text);
        return failed;
    }
    if (line.store) settings->store.directory = *line.store;
    const auto* const command =
        std::ranges::find(commands, line.command, &decltype(commands)::value_type::first);
    const auto code = command->second(line, *settings, terminal);
    if (code) return *code;
    terminal.complain(code.error().text);
    return wrong_usage;
}

}  // namespace

}  // namespace dnshist::zonegen

int main(int argc, char** argv) {
    // A reader of the export that has gone is an error of write() (EPIPE), not the end of us.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return dnshist::zonegen::run(argc, argv);
    } catch (const std::exception& error) {
        dnshist::zonegen::Terminal().complain(error.what());
        return 1;
    }
}
