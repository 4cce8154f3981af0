// The options that import and listen have in common. Of the command line and the configuration the
// command line prevails; the rules for records of both are joined.
#pragma once

#include <filesystem>
#include <vector>

#include "conf/settings.hpp"
#include "storage/base/result.hpp"
#include "storage/history/history_writer.hpp"
#include "zonegen/command/command_line.hpp"
#include "zonegen/console/terminal.hpp"
#include "zonegen/dnstap/dnstap_message.hpp"
#include "zonegen/feed/time_limit.hpp"
#include "zonegen/import/record_filter.hpp"
#include "zonegen/response/response_observer.hpp"

namespace dnshist::zonegen {

struct InputOptions {
    RecordFilter filter;
    Trust trust{};
    std::vector<AddressPrefix> resolvers;
    std::vector<AddressPrefix> mirrors;
    TimeLimit times;
    std::vector<DnstapType> dnstap_types;
    HistoryWriter::Options writer;
};

// The problem names the rule of the filter that cannot be read.
Result<InputOptions> input_options(const CommandLine& line, const conf::Settings& settings);

// Complains of what a merge of levels could not read. The terminal must outlive it.
DamageReport complaints_of_damage(Terminal& terminal);
// False where a part of what was given is not in the store because it is damaged there, which is
// reported.
bool took_all(const HistoryWriter& writer, Terminal& terminal);
// Says where the store stays one of the version before, since it is read.
void say_what_waits(const HistoryWriter& writer, Terminal& terminal);
// Says how many files of levels have no index for searches, where one is wanted.
void say_missing_search(const std::filesystem::path& store, const HistoryWriter::Options& options,
                        Terminal& terminal);

}  // namespace dnshist::zonegen
