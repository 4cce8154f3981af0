// dnshist-zonegen: feeds into the store, the store out again, and what keeps it in order.
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
#include <set>
#include <string>
#include <vector>

#include "storage/history.hpp"
#include "storage/settings.hpp"
#include "zonegen/copy.hpp"
#include "zonegen/export.hpp"
#include "zonegen/load.hpp"
#include "zonegen/prune.hpp"
#include "zonegen/rejects.hpp"
#include "zonegen/statistics.hpp"
#include "zonegen/stop.hpp"
#include "zonegen/summary.hpp"
#include "zonegen/terminal.hpp"
#include "zonegen/zone_export.hpp"

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
    Trust trust = Trust::bailiwick;
    std::optional<std::string> counts;
    bool again = false;
    std::optional<std::uint64_t> batch;
    std::optional<std::string> reject_file;
    std::vector<std::string> files;

    std::string export_format = "cof";
    std::optional<std::string> zone;
    std::vector<std::string> name_servers;
    std::optional<std::uint64_t> pages;
    std::string subject;

    std::string last_before;
    std::optional<std::uint64_t> min;
    bool dry_run = false;

    std::string copy;

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
    options.reader.trust = line.trust;
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

// What the command line and the configuration say of a zone.
Result<ZoneOptions> zone_options(const CommandLine& line, const Settings& settings) {
    const Settings::Serve& serve = settings.responder;
    ZoneOptions options;
    const auto zone = Name::from_text(line.zone.value_or(serve.zones.front()));
    if (!zone) return Problem{"--zone: " + zone.error().text};
    if (!can_be_exported(*zone)) return Problem{"--zone: too long for a zone with a SOA"};
    options.zone = *zone;
    for (const std::string& text : line.name_servers) {
        const auto server = Name::from_text(text);
        if (!server) return Problem{"--ns: " + server.error().text};
        options.name_servers.push_back(*server);
    }
    options.ttl = serve.ttl;
    options.negative_ttl = serve.negative_ttl;
    options.scan_limit = serve.scan_limit;
    options.pages = line.pages.value_or(options.pages);
    options.now = now_utc();
    return options;
}

// Damage that is met is told once, however often.
class Damages {
  public:
    explicit Damages(Terminal& terminal) : terminal_(terminal) {}

    void tell(const std::string& where, const std::string& what) {
        if (told_.size() >= 10'000 || !told_.insert(where + ": " + what).second) return;
        terminal_.complain("left out, damaged: " + where + ": " + what);
        ++watch.damaged;
    }

    ExportWatch watch;

  private:
    Terminal& terminal_;
    std::set<std::string> told_;
};

int export_zone(const CommandLine& line, const Settings& settings, const Subject& subject,
                History& history, Terminal& terminal) {
    const auto options = zone_options(line, settings);
    if (!options) {
        terminal.complain(options.error().text);
        return wrong_usage;
    }
    const ZoneExportResult result = export_zone(history, subject, *options, stdout);
    if (result.written == Written::all) terminal.say(zone_summary_text(result, *options));
    return done;
}

int export_records(const CommandLine& line, const Subject& subject, History& history,
                   ExportWatch& watch, Terminal& terminal) {
    ExportResult result;
    if (line.export_format == "dnsdb") {
        // A stream says how it ended, also where it was told to.
        const StopRequest stop;
        watch.stop = stop.descriptor();
        result = export_dnsdb(history, subject, stdout, watch);
    } else {
        result = export_cof(history, subject, stdout);
    }
    if (result.written == Written::stopped) {
        terminal.complain("stopped after " + std::to_string(result.records) + " records");
        return failed;
    }
    if (result.written == Written::all && result.records == 0) {
        terminal.say(line.subject.empty() ? "the store is empty"
                                          : "nothing is known of " + line.subject);
    }
    return done;
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
    const bool is_zone = line.export_format == "zone";
    if (!is_zone && (line.zone || !line.name_servers.empty() || line.pages)) {
        terminal.complain("--zone, --ns and --pages go with --format zone");
        return wrong_usage;
    }
    Damages damages(terminal);
    History history(
        settings.store.directory,
        [&](const std::string& where, const std::string& what) { damages.tell(where, what); });
    const int code = is_zone ? export_zone(line, settings, subject, history, terminal)
                             : export_records(line, subject, history, damages.watch, terminal);
    return code == done && damages.watch.damaged > 0 ? failed : code;
}

int prune(const CommandLine& line, const Settings& settings, Terminal& terminal) {
    const auto period = period_from_text(line.last_before, now_utc());
    if (!period) {
        terminal.complain("--last-before " + line.last_before +
                          " is no time: give a date (2019, 2019-06, 2019-06-01, "
                          "2019-06-01T12:00:00Z) or an age (90d, 18mo, 2y)");
        return wrong_usage;
    }
    const PruneRule rule{period->begin, line.min};
    const StopRequest stop;
    const auto& directory = settings.store.directory;
    const bool complete = line.dry_run ? count_prunable(directory, rule, terminal, stop)
                                       : prune_store(directory, rule, terminal, stop);
    return complete ? done : failed;
}

int copy(const CommandLine& line, const Settings& settings, Terminal& terminal) {
    const StopRequest stop;
    return copy_store(settings.store.directory, line.copy, terminal, stop) ? done : failed;
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
    const std::map<std::string, Trust> trusts = {{"bailiwick", Trust::bailiwick},
                                                 {"all", Trust::everything}};
    command
        .add_option("--trust", line.trust,
                    "what is believed of DNS responses: what is in bailiwick (default), or all")
        ->transform(CLI::CheckedTransformer(trusts).description(""))
        ->option_text("bailiwick|all");
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

void describe_export(CLI::App& command, CommandLine& line) {
    command.add_option("--format", line.export_format, "cof (default), dnsdb or zone")
        ->check(CLI::IsMember({"cof", "dnsdb", "zone"}))
        ->option_text("FORMAT");
    command
        .add_option("--zone", line.zone,
                    "of --format zone: its name; the first one configured if not given")
        ->option_text("NAME");
    command
        .add_option("--ns", line.name_servers,
                    "likewise: a name server of it, may be given more than once; the zone itself "
                    "if not given")
        ->allow_extra_args(false)
        ->option_text("NAME");
    command.add_option("--pages", line.pages, "likewise: pages of one question at most; 20")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
        ->option_text("N");
    command.add_option("SUBJECT", line.subject, "NAME, or *.NAME for all below it");
}

void describe_prune(CLI::App& command, CommandLine& line) {
    command
        .add_option("--last-before", line.last_before,
                    "remove records that were last seen before this: a date, or an age as 2y")
        ->required()
        ->option_text("T");
    command
        .add_option("--min", line.min, "of these only records that were seen fewer than N times")
        ->check(CLI::Range(std::uint64_t{1}, ~std::uint64_t{0}))
        ->option_text("N");
    command.add_flag("--dry-run", line.dry_run, "say how many it would be, and remove none");
}

int run(int argc, char** argv) {
    Terminal terminal;
    CommandLine line;
    CLI::App app("Keeps a store of passive DNS: imports feeds, exports, prunes, copies.",
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
    describe_export(*export_command, line);
    CLI::App* const prune_command =
        app.add_subcommand("prune", "remove what was last seen long ago");
    describe_prune(*prune_command, line);
    CLI::App* const copy_command =
        app.add_subcommand("copy", "make a compact copy of the store while it is in use");
    copy_command->add_option("DIR", line.copy, "a directory that is new or empty")->required();
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
    if (*prune_command) return prune(line, *settings, terminal);
    if (*copy_command) return copy(line, *settings, terminal);
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
