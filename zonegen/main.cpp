// dnshist-zonegen: imports feeds into the store, exports it and maintains it.
//
// Data goes to standard output, everything else to standard error.
#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <string_view>

#include "conf/settings.hpp"
#include "storage/object/open_objects.hpp"
#include "zonegen/command/child.hpp"
#include "zonegen/command/command_line.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

namespace {

struct NamedCommand {
    std::string_view name;
    Command* act;
    bool only_reads;  // the store; in a child process
};
constexpr std::array<NamedCommand, 8> commands = {{
    {"check", check_command, true},
    {"copy", copy_command, true},
    {"export", export_command, true},
    {"import", import_command, false},
    {"index", index_command, false},
    {"listen", listen_command, false},
    {"prune", prune_command, false},
    {"stats", stats_command, true},
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
    ceph_access() = {settings->store.ceph_conf.string(), settings->store.ceph_user,
                     [&](const std::string& sentence) { terminal.complain(sentence); }};
    const auto* const command = std::ranges::find(commands, line.command, &NamedCommand::name);
    if (command->only_reads) {
        if (const auto code = continue_in_child(settings->store.directory, terminal)) return *code;
    }
    const auto code = command->act(line, *settings, terminal);
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
