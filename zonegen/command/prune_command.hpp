// Takes what is old, and rare where that is asked for, out of the store, step by step.
#pragma once

#include <filesystem>

#include "storage/history/prune.hpp"
#include "zonegen/console/stop_signal.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

// False where it was stopped before its end; the terminal has been told. Throws StoreError.
bool prune_store(const std::filesystem::path& directory, const PruneRule& rule, Terminal& terminal,
                 const StopSignal& stop);

// Tells what the prune would remove, and writes nothing.
bool count_prunable(const std::filesystem::path& directory, const PruneRule& rule,
                    Terminal& terminal, const StopSignal& stop);

}  // namespace dnshist::zonegen
