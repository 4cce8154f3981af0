#include "storage/upkeep/check.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

Result<ExitCode> check_command(const CommandLine& /*line*/, const conf::Settings& settings,
                               Terminal& terminal) {
    const CheckResult result = check_store(settings.store.directory,
                                           [&](const std::string& where, const std::string& what) {
                                               terminal.complain(where + ": " + what);
                                           });
    write_output(
        std::to_string(result.names) + " names, " + std::to_string(result.records) + " records, " +
        std::to_string(result.pivots) + " pivots: " +
        (result.problems == 0 ? "no problem" : std::to_string(result.problems) + " problems") +
        "\n");
    return result.problems == 0 ? done : failed;
}

}  // namespace dnshist::zonegen
