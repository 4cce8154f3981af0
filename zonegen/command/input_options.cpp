#include "zonegen/command/input_options.hpp"

#include <fmt/format.h>

#include "storage/level/level_list.hpp"
#include "storage/level/search_file.hpp"
#include "storage/suffix/public_suffix.hpp"
#include "storage/text/quote.hpp"

namespace dnshist::zonegen {

namespace {

// The texts have been checked.
std::vector<AddressPrefix> prefixes(const std::vector<std::string>& texts,
                                    std::vector<AddressPrefix> otherwise) {
    if (texts.empty()) return otherwise;
    std::vector<AddressPrefix> all;
    all.reserve(texts.size());
    for (const std::string& text : texts)
        all.push_back(address_prefix_from_text(text).value());
    return all;
}

}  // namespace

Result<InputOptions> input_options(const CommandLine& line, const conf::Settings& settings) {
    const auto joined = [](std::vector<std::string> rules, const std::vector<std::string>& more) {
        rules.insert(rules.end(), more.begin(), more.end());
        return rules;
    };
    auto filter = make_record_filter(joined(settings.import.include, line.include),
                                     joined(settings.import.exclude, line.exclude));
    if (!filter) return filter.error();
    InputOptions options;
    options.filter = *std::move(filter);
    if (line.ahead) {
        const auto ahead = duration_from_text(*line.ahead);
        if (!ahead)
            return Problem{"--ahead takes a length of time (2h, 1d, 52w), not " +
                           quote(*line.ahead)};
        options.times = TimeLimit(*ahead);
    }
    // The names on the command line have been checked.
    options.trust = line.trust ? conf::trust_named(*line.trust).value() : settings.import.trust;
    options.resolvers = prefixes(line.resolvers, settings.import.resolvers);
    options.mirrors = prefixes(line.mirrors, settings.import.mirrors);
    if (line.dnstap_types.empty()) options.dnstap_types = settings.import.dnstap_types;
    for (const std::string& name : line.dnstap_types)
        options.dnstap_types.push_back(conf::dnstap_type_named(name).value());
    options.writer.gap = settings.store.gap;
    options.writer.search = settings.store.search || line.search;
    options.writer.child_limit = {settings.import.new_children, is_public_suffix};
    return options;
}

DamageReport complaints_of_damage(Terminal& terminal) {
    return [&terminal](const std::string& where, const std::string& what) {
        terminal.complain("the store is damaged: " + where + ": " + what);
    };
}

bool took_all(const HistoryWriter& writer, Terminal& terminal) {
    if (writer.left_waiting() != 0) {
        terminal.complain(fmt::format(
            "the store is damaged: {} batches need a tablet that is missing. All else of them was "
            "written, and they are kept in the store: once the tablet is there, the next writer "
            "ends them. 'dnshist-zonegen check' lists such tablets",
            writer.left_waiting()));
    }
    if (writer.left_out() == 0) return writer.left_waiting() == 0;
    terminal.complain(fmt::format(
        "the store is damaged: {} records and pivots that belong into its damaged blocks were left "
        "out, and the rest was taken. 'dnshist-zonegen check' lists the blocks; what belongs there "
        "is lost unless the feed is imported again into a store that is whole",
        writer.left_out()));
    return false;
}

void say_what_waits(const HistoryWriter& writer, Terminal& terminal) {
    if (writer.has_levels() || writer.is_in_cluster()) return;
    terminal.say(
        "the store was made by an older version, and programs read it that perhaps know no newer "
        "one: it gets levels, and is written faster, once it is opened for writing while nobody "
        "reads it (stop dnshist-responder, run this command, and start it again)");
}

void say_missing_search(const std::filesystem::path& store, const HistoryWriter::Options& options,
                        Terminal& terminal) {
    if (!options.search) return;
    std::size_t files = 0;
    std::size_t missing = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(store, none)) {
        const auto number = level_list::file_number(entry.path().filename().string());
        if (!number) continue;
        ++files;
        if (!std::filesystem::exists(store / search_file::file_name(*number), none)) ++missing;
    }
    if (missing == 0) return;
    terminal.say(
        fmt::format("{} of {} files of old levels have no index for searches, which walk through "
                    "them: 'dnshist-zonegen index' makes it",
                    missing, files));
}

}  // namespace dnshist::zonegen
