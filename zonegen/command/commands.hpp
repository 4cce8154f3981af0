// The commands of dnshist-zonegen: what each makes of the command line and the configuration.
#pragma once

#include "conf/settings.hpp"
#include "zonegen/command/command_line.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

// Does what the line asks for. Throws StoreError and std::system_error, whose what() is for the
// operator.
ExitCode run_command(const CommandLine& line, const conf::Settings& settings, Terminal& terminal);

}  // namespace dnshist::zonegen
