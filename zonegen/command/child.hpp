// Reading a store in a child process.
//
// Most damage in a store is found and named. LMDB does not survive all damage to its own pages,
// though: a wrong number in one can end the process with a signal. So a command that reads the
// store does it in a child, and its end is reported, whatever it was.
#pragma once

#include <filesystem>
#include <optional>

#include "zonegen/command/command_line.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

// Nothing in the child, which goes on with the command. In the parent, the exit code, once the
// child has ended; signals to stop that the parent gets until then are passed on. Where no child
// can be made, nothing too: the process itself goes on.
std::optional<ExitCode> continue_in_child(const std::filesystem::path& store, Terminal& terminal);

}  // namespace dnshist::zonegen
