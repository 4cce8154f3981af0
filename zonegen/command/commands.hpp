// The commands of dnshist-zonegen, one in each NAME_command.cpp.
//
// A command takes what it is to do from the command line, and from the configuration where the
// command line does not say. The error of its result means that it was used in a wrong way, and is
// a sentence for the operator. Every other failure has been reported on the terminal, or is thrown:
// StoreError and std::system_error, whose what() is for the operator.
#pragma once

#include "conf/settings.hpp"
#include "storage/base/result.hpp"
#include "zonegen/command/command_line.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

using Command = Result<ExitCode>(const CommandLine& line, const conf::Settings& settings,
                                 Terminal& terminal);

Command check_command;
Command copy_command;
Command export_command;
Command import_command;
Command index_command;
Command listen_command;
Command prune_command;
Command stats_command;

}  // namespace dnshist::zonegen
