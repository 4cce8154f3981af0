#include <chrono>
#include <exception>

#include "storage/text/quote.hpp"
#include "storage/text/time.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/command/input_options.hpp"
#include "zonegen/console/stop_signal.hpp"
#include "zonegen/import/load.hpp"
#include "zonegen/import/reject_report.hpp"
#include "zonegen/import/summary.hpp"

namespace dnshist::zonegen {

namespace {

// The time of zone files, and the origin of relative names in them.
Result<void> read_zone_options(const CommandLine& line, LoadOptions& options) {
    if (line.at) {
        options.when_modified = *line.at == "mtime";
        if (const auto period = period_from_text(*line.at, now_utc())) {
            options.reader.when = period->begin;
        } else {
            options.reader.when = timestamp_from_text(*line.at);
        }
        if (!options.reader.when && !options.when_modified) {
            return Problem{"--at: no time: " + quote(*line.at)};
        }
    }
    if (line.origin) {
        const auto name = Name::from_text(*line.origin);
        if (!name) return Problem{"--origin: " + name.error().text};
        options.reader.origin = *name;
    }
    return {};
}

// Imports the files one after the other. False where one was not imported as a whole.
bool load_files(Load& load, const std::vector<std::string>& files, RejectReport& rejects,
                Terminal& terminal) {
    bool complete = true;
    try {
        for (const std::string& file : files) {
            if (!load.import(file)) complete = false;
            if (load.stopped()) break;
        }
        rejects.flush();
    } catch (const std::exception& error) {
        terminal.complain(error.what());
        complete = false;
    }
    return complete;
}

}  // namespace

Result<ExitCode> import_command(const CommandLine& line, const conf::Settings& settings,
                                Terminal& terminal) {
    auto input = input_options(line, settings);
    if (!input) return input.error();
    LoadOptions options;
    const auto zone_options = read_zone_options(line, options);
    if (!zone_options) return zone_options.error();
    options.format = line.format;
    options.reader.sensor = line.sensor;
    options.reader.zone_includes = line.zone_includes;
    options.reader.trust = input->trust;
    options.reader.resolvers = std::move(input->resolvers);
    options.reader.mirrors = std::move(input->mirrors);
    options.reader.dnstap_types = std::move(input->dnstap_types);
    options.filter = std::move(input->filter);
    options.times = input->times;
    options.counts =
        line.counts ? conf::counts_named(*line.counts).value() : settings.import.counts;
    options.again = line.again;
    options.batch = line.batch.value_or(settings.import.batch);

    const StopSignal stop;
    input->writer.damage = complaints_of_damage(terminal);
    HistoryWriter writer(settings.store.directory, input->writer);
    say_what_waits(writer, terminal);
    say_missing_search(settings.store.directory, input->writer, terminal);
    RejectReport rejects(terminal, line.reject_file);
    Load load(writer, options, rejects, terminal, stop.descriptor());

    const auto started = std::chrono::steady_clock::now();
    const bool complete = load_files(load, line.files, rejects, terminal);
    Summary summary = load.summary();
    summary.writing = writer.cluster_writing();
    summary.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    terminal.say(summary_text(summary, rejects));
    const bool is_whole = took_all(writer, terminal);
    return complete && is_whole ? done : failed;
}

}  // namespace dnshist::zonegen
