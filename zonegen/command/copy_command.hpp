// A backup of the store, made while it is in use.
#pragma once

#include <filesystem>

#include "zonegen/console/stop_signal.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

// False where it was stopped before its end; the terminal has been told. Throws StoreError.
bool copy_store(const std::filesystem::path& store, const std::filesystem::path& target,
                Terminal& terminal, const StopSignal& stop);

}  // namespace dnshist::zonegen
