// dnshist-zonegen: feeds into the store, the store out again, and what keeps it in order.
//
// Data goes to standard output, everything else to standard error.
#include <csignal>
#include <cstdio>
#include <exception>

#include "conf/settings.hpp"
#include "zonegen/command/command_line.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

namespace {

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
    return run_command(line, *settings, terminal);
}

}  // namespace

}  // namespace dnshist::zonegen

int main(int argc, char** argv) {
    // Who reads an export may have seen enough; that is an error of write(), not a death.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return dnshist::zonegen::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "dnshist-zonegen: %s\n", error.what());
        return 1;
    }
}
