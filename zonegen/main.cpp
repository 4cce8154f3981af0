// dnshist-zonegen: feeds into the store, and the store out again.
//
// Data goes to standard output, everything else to standard error. Ends with 0 where what was asked
// is done, 1 where it failed, 2 where it was asked for in a wrong way.
#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/history.hpp"
#include "storage/settings.hpp"
#include "zonegen/export.hpp"
#include "zonegen/load.hpp"
#include "zonegen/rejects.hpp"
#include "zonegen/statistics.hpp"
#include "zonegen/stop.hpp"
#include "zonegen/summary.hpp"
#include "zonegen/terminal.hpp"

namespace dnshist {

namespace {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int wrong_usage = 2;

struct CommandLine {
    std::optional<std::string> config;
    std::optional<std::string> store;

    std::optional<Format> format;
    std::string sensor;
    std::optional<std::string> counts;
    bool again = false;
    std::optional<std::uint64_t> batch;
    std::optional<std::string> reject_file;
    std::vector<std::string> files;

    std::string export_format = "cof";
    std::string subject;

    bool json = false;
};

void write_data(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
    }
}

int import(const CommandLine& line, const Settings& settings, Terminal& terminal) {
    StopRequest stop;
    HistoryWriter::Options writer_options;
    writer_options.gap = settings.store.gap;
    HistoryWriter writer(settings.store.directory, writer_options);
    Rejects rejects(terminal, line.reject_file);

    LoadOptions options;
    options.format = line.format;
    options.reader.sensor = line.sensor;
    options.counts =
        line.counts.value_or(settings.import.counts) == "max" ? Counts::max : Counts::add;
    options.again = line.again;
    options.batch = line.batch.value_or(settings.import.batch);
    Load load(writer, options, rejects, terminal, stop.descriptor());

    const auto started = std::chrono::steady_clock::now();
    const auto tell = [&] {
        Summary summary = load.summary();
        summary.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
        terminal.say(summary_text(summary, rejects));
    };
    bool complete = true;
    try {
        for (const std::string& file : line.files) {
            if (!load.import(file)) complete = false;
            if (load.stopped()) break;
        }
        rejects.flush();
    } catch (const std::exception& error) {
        terminal.complain(error.what());
        complete = false;
    }
    tell();
    return complete ? done : failed;
}

int export_store(const CommandLine& line, const Settings& settings, Terminal& terminal) {
    Subject subject;
    if (!line.subject.empty()) {
        const auto read = subject_from_text(line.subject);
        if (!read) {
            terminal.complain(read.error().text);
            return wrong_usage;
        }
        subject = *read;
    }
    bool damaged = false;
    History history(settings.store.directory,
                    [&](const std::string& where, const std::string& what) {
                        terminal.complain("left out, damaged: " + where + ": " + what);
                        damaged = true;
                    });
    const ExportResult result = export_cof(history, subject, stdout);
    if (result.written == Written::all && result.records == 0) {
        terminal.say(line.subject.empty() ? "the store is empty"
                                          : "nothing is known of " + line.subject);
    }
    return damaged ? failed : done;
}

int check(const Settings& settings, Terminal& terminal) {
    const CheckResult result = check_store(settings.store.directory,
                                           [&](const std::string& where, const std::string& what) {
                                               terminal.complain(where + ": " + what);
                                           });
    write_data(
        std::to_string(result.names) + " names, " + std::to_string(result.records) + " records, " +
        std::to_string(result.pivots) + " pivots: " +
        (result.problems == 0 ? "no problem" : std::to_string(result.problems) + " problems") +
        "\n");
    return result.problems == 0 ? done : failed;
}

int statistics(const CommandLine& line, const Settings& settings) {
    History history(settings.store.directory);
    Snapshot snapshot(history);
    snapshot.renew();
    const StoreStatistics numbers = snapshot.statistics();
    write_data(line.json ? statistics_json(numbers) : statistics_text(numbers));
    return done;
}

void describe_import(CLI::App& command, CommandLine& line) {
    command
        .add_option_function<std::string>(
            "--format", [&line](const std::string& name) { line.format = format_named(name); },
            "auto (as its first octets show), " + format_names())
        ->check([](const std::string& name) {
            const bool known = name == "auto" || format_named(name).has_value();
            return known ? ""
                         : "there is no format " + name + "; there are auto, " + format_names();
        })
        ->option_text("FORMAT");
    command.add_option("--sensor", line.sensor, "sensor_id of records that name none")
        ->option_text("ID");
    command
        .add_option("--counts", line.counts,
                    "what becomes of the count of a record seen again: add (default) or max")
        ->check(CLI::IsMember({"add", "max"}))
        ->option_text("add|max");
    command.add_flag("--again", line.again, "count feeds that were imported whole once more");
    command.add_option("--batch", line.batch, "observations in one transaction")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
        ->option_text("N");
    command.add_option("--reject-file", line.reject_file, "add what is rejected to this file")
        ->option_text("FILE");
    command
        .add_option("FILE", line.files,
                    "feeds, compressed or not (gzip, zstd, bzip2, xz); - is standard input")
        ->required();
}

int run(int argc, char** argv) {
    Terminal terminal;
    CommandLine line;
    CLI::App app("Imports passive DNS feeds into a history store, and exports it.",
                 "dnshist-zonegen");
    app.set_version_flag("--version", "dnshist-zonegen " DNSHIST_VERSION);
    app.add_option("--config", line.config, "configuration file")->option_text("FILE");
    app.add_option("--store", line.store, "the store's directory")->option_text("DIR");
    app.require_subcommand(1);
    app.fallthrough();

    CLI::App* const import_command = app.add_subcommand("import", "read feeds into the store");
    describe_import(*import_command, line);
    CLI::App* const export_command =
        app.add_subcommand("export", "write the store's records to standard output");
    export_command->add_option("--format", line.export_format, "cof")
        ->check(CLI::IsMember({"cof"}))
        ->option_text("FORMAT");
    export_command->add_option("SUBJECT", line.subject, "NAME, or *.NAME for all below it");
    CLI::App* const check_command =
        app.add_subcommand("check", "read the whole store and compare both directions");
    CLI::App* const stats_command = app.add_subcommand("stats", "what the store holds");
    stats_command->add_flag("--json", line.json, "as a JSON object");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? done : wrong_usage;
    }
    auto settings = read_settings(line.config);
    if (!settings) {
        terminal.complain(settings.error().text);
        return failed;
    }
    if (line.store) settings->store.directory = *line.store;

    if (*import_command) return import(line, *settings, terminal);
    if (*export_command) return export_store(line, *settings, terminal);
    if (*check_command) return check(*settings, terminal);
    return statistics(line, *settings);
}

}  // namespace

}  // namespace dnshist

int main(int argc, char** argv) {
    // Who reads an export may have seen enough; that is an error of write(), not a death.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return dnshist::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "dnshist-zonegen: %s\n", error.what());
        return 1;
    }
}
