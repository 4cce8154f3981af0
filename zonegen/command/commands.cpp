#include "zonegen/command/commands.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <set>
#include <system_error>

#include "conf/settings.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/history/prune.hpp"
#include "storage/text/quote.hpp"
#include "storage/text/time.hpp"
#include "storage/upkeep/check.hpp"
#include "zonegen/command/copy_command.hpp"
#include "zonegen/command/prune_command.hpp"
#include "zonegen/command/stats_command.hpp"
#include "zonegen/console/stop_signal.hpp"
#include "zonegen/console/terminal.hpp"
#include "zonegen/export/cof_export.hpp"
#include "zonegen/export/zone_export.hpp"
#include "zonegen/import/listen.hpp"
#include "zonegen/import/load.hpp"
#include "zonegen/import/reject_report.hpp"
#include "zonegen/import/summary.hpp"
#include "zonegen/response/public_suffix.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t shown_parents = 10;

void write_data(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
    }
}

HistoryWriter::Options writer_options(const conf::Settings& settings) {
    HistoryWriter::Options options;
    options.gap = settings.store.gap;
    options.child_limit = {settings.import.new_children, is_public_suffix};
    return options;
}

Trust trust_of(const CommandLine& line, const conf::Settings& settings) {
    return line.trust ? conf::trust_named(*line.trust).value() : settings.import.trust;
}

// The command line has been checked for names that there are.
std::vector<DnstapType> dnstap_types_of(const CommandLine& line, const conf::Settings& settings) {
    if (line.dnstap_types.empty()) return settings.import.dnstap_types;
    std::vector<DnstapType> types;
    for (const std::string& name : line.dnstap_types)
        types.push_back(conf::dnstap_type_named(name).value());
    return types;
}

// Those of the command line beside those of the configuration.
Result<RecordFilter> selection_of(const CommandLine& line, const conf::Settings& settings) {
    const auto both = [](std::vector<std::string> rules, const std::vector<std::string>& more) {
        rules.insert(rules.end(), more.begin(), more.end());
        return rules;
    };
    return make_selection(both(settings.import.include, line.include),
                          both(settings.import.exclude, line.exclude));
}

// When a zone was so, where its names begin; what is wrong with either goes to the terminal.
bool read_zone_options(const CommandLine& line, LoadOptions& options, Terminal& terminal) {
    if (line.at) {
        options.when_modified = *line.at == "mtime";
        if (const auto period = period_from_text(*line.at, now_utc())) {
            options.reader.when = period->begin;
        } else {
            options.reader.when = timestamp_from_text(*line.at);
        }
        if (!options.reader.when && !options.when_modified) {
            terminal.complain("--at: no time: " + quote(*line.at));
            return false;
        }
    }
    if (line.origin) {
        const auto name = Name::from_text(*line.origin);
        if (!name) {
            terminal.complain("--origin: " + name.error().text);
            return false;
        }
        options.reader.origin = *name;
    }
    return true;
}

ExitCode import(const CommandLine& line, const conf::Settings& settings, Terminal& terminal) {
    auto selection = selection_of(line, settings);
    if (!selection) {
        terminal.complain(selection.error().text);
        return wrong_usage;
    }
    LoadOptions options;
    if (!read_zone_options(line, options, terminal)) return wrong_usage;
    StopRequest stop;
    HistoryWriter writer(settings.store.directory, writer_options(settings));
    Rejects rejects(terminal, line.reject_file);

    options.format = line.format;
    options.reader.sensor = line.sensor;
    options.reader.zone_includes = line.zone_includes;
    options.selection = *std::move(selection);
    options.reader.trust = trust_of(line, settings);
    options.reader.dnstap_types = dnstap_types_of(line, settings);
    options.counts =
        line.counts ? conf::counts_named(*line.counts).value() : settings.import.counts;
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

ExitCode listen(const CommandLine& line, const conf::Settings& settings, Terminal& terminal) {
    ListenOptions options;
    options.places = settings.listen.dnstap;
    if (!line.dnstap_places.empty()) options.places.clear();
    for (const std::string& text : line.dnstap_places) {
        const auto place = conf::dnstap_place_from_text(text);
        if (!place) {
            terminal.complain("--dnstap: " + place.error().text);
            return wrong_usage;
        }
        options.places.push_back(*place);
    }
    options.dnstap = {dnstap_types_of(line, settings), trust_of(line, settings), line.sensor};
    auto selection = selection_of(line, settings);
    if (!selection) {
        terminal.complain(selection.error().text);
        return wrong_usage;
    }
    options.selection = *std::move(selection);
    options.senders = settings.listen.senders;
    options.window = settings.listen.window;
    options.window_observations = settings.listen.window_observations;

    StopRequest stop;
    HistoryWriter writer(settings.store.directory, writer_options(settings));
    Rejects rejects(terminal, std::nullopt);
    return listen(writer, options, rejects, terminal, stop.descriptor()) ? done : failed;
}

// What the command line and the configuration say of a zone.
Result<ZoneOptions> zone_options(const CommandLine& line, const conf::Settings& settings) {
    const conf::ResponderSettings& serve = settings.responder;
    ZoneOptions options;
    const auto zone = line.zone ? Name::from_text(*line.zone) : Result<Name>(serve.zones.front());
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

ExitCode export_zone(const CommandLine& line, const conf::Settings& settings,
                     const Subject& subject, History& history, Terminal& terminal) {
    const auto options = zone_options(line, settings);
    if (!options) {
        terminal.complain(options.error().text);
        return wrong_usage;
    }
    const ZoneExportResult result = export_zone(history, subject, *options, stdout);
    if (result.written == Written::all) terminal.say(zone_summary_text(result, *options));
    return done;
}

ExitCode export_records(const CommandLine& line, const Subject& subject, History& history,
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

ExitCode export_store(const CommandLine& line, const conf::Settings& settings, Terminal& terminal) {
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
    const ExitCode code = is_zone ? export_zone(line, settings, subject, history, terminal)
                                  : export_records(line, subject, history, damages.watch, terminal);
    return code == done && damages.watch.damaged > 0 ? failed : code;
}

ExitCode prune(const CommandLine& line, const conf::Settings& settings, Terminal& terminal) {
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

ExitCode copy(const CommandLine& line, const conf::Settings& settings, Terminal& terminal) {
    const StopRequest stop;
    return copy_store(settings.store.directory, line.copy, terminal, stop) ? done : failed;
}

ExitCode check(const conf::Settings& settings, Terminal& terminal) {
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

ExitCode statistics(const CommandLine& line, const conf::Settings& settings) {
    History history(settings.store.directory);
    Snapshot snapshot(history);
    snapshot.renew();
    const StoreStatistics numbers = snapshot.statistics();
    const OverflowingParents overflow = snapshot.overflowing_parents(shown_parents);
    write_data(line.json ? statistics_json(numbers, overflow) : statistics_text(numbers, overflow));
    return done;
}

}  // namespace

ExitCode run_command(const CommandLine& line, const conf::Settings& settings, Terminal& terminal) {
    if (line.command == "import") return import(line, settings, terminal);
    if (line.command == "listen") return listen(line, settings, terminal);
    if (line.command == "export") return export_store(line, settings, terminal);
    if (line.command == "prune") return prune(line, settings, terminal);
    if (line.command == "copy") return copy(line, settings, terminal);
    if (line.command == "check") return check(settings, terminal);
    return statistics(line, settings);
}

}  // namespace dnshist::zonegen
