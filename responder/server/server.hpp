// The running responder: the store, its workers, and the signals that an operator sends.
//
//     SIGTERM, SIGINT   ends it once the answers under way are sent
//     SIGHUP            reads the configuration and the keys again
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "conf/settings.hpp"
#include "storage/base/result.hpp"

namespace dnshist::responder {

// The command line: what it gives stands above the configuration file, after a reload too.
struct ServerOptions {
    std::optional<std::filesystem::path> config;
    std::optional<std::filesystem::path> store;
    std::vector<conf::Endpoint> listen;
    std::vector<Name> zones;
};

// The configuration file with the command line above it.
Result<conf::Settings> read_settings(const ServerOptions& options);

// Serves until a signal ends it. The exit code: 0 then, 1 where it cannot serve; the log says why.
int serve(const ServerOptions& options);

}  // namespace dnshist::responder
