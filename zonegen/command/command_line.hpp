// The command line of dnshist-zonegen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonegen/import/feed_format.hpp"

namespace dnshist::zonegen {

enum ExitCode : int {
    done = 0,
    failed = 1,  // in part or as a whole, which has been reported
    wrong_usage = 2,
};

// Options that were not given are empty; most of these are then taken from the configuration.
struct CommandLine {
    std::string command;  // "import"

    std::optional<std::string> config;
    std::optional<std::string> store;

    std::string sensor;
    std::optional<std::string> at;
    std::optional<std::string> origin;
    std::optional<std::string> counts;
    std::optional<std::uint64_t> batch;
    std::optional<std::string> reject_file;
    std::vector<std::string> files;

    std::optional<std::string> trust;
    std::vector<std::string> resolvers;
    std::vector<std::string> mirrors;
    std::optional<std::string> ahead;
    std::vector<std::string> dnstap_types;
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    std::vector<std::string> dnstap_places;

    std::string export_format = "cof";
    std::optional<std::string> zone;
    std::vector<std::string> name_servers;
    std::optional<std::uint64_t> pages;
    std::string subject;
    bool whois = false;

    std::optional<std::string> last_before;
    std::optional<std::uint64_t> min;
    std::optional<std::string> prune_source;
    std::optional<std::string> prune_sensor;

    std::string copy;

    // Options of several commands.
    std::optional<FeedFormat> format;
    bool zone_includes = false;
    bool again = false;
    bool dry_run = false;
    bool verbose = false;
    bool json = false;
    bool search = false;
    bool clean = false;
};

// Reads the command line into `line`. Returns an exit code if the program must end at once: after
// --help, or after a mistake, which has been reported.
std::optional<ExitCode> read_command_line(int argc, char** argv, CommandLine& line);

}  // namespace dnshist::zonegen
