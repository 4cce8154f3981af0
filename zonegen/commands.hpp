// The commands of dnshist-zonegen: what each makes of the command line and the configuration.
#pragma once

#include "storage/settings.hpp"
#include "zonegen/command_line.hpp"
#include "zonegen/terminal.hpp"

namespace dnshist {

// Does what the line asks for. Throws StoreError and std::system_error, whose what() is for the
// operator.
ExitCode run_command(const CommandLine& line, const Settings& settings, Terminal& terminal);

}  // namespace dnshist
