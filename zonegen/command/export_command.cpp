#include <cstdio>
#include <set>

#include "storage/history/history.hpp"
#include "storage/text/time.hpp"
#include "zonegen/command/commands.hpp"
#include "zonegen/console/stop_signal.hpp"
#include "zonegen/export/cof_export.hpp"
#include "zonegen/export/past_root.hpp"
#include "zonegen/export/zone_export.hpp"

namespace dnshist::zonegen {

namespace {

Result<Name> zone_name(const CommandLine& line, const conf::Settings& settings) {
    if (!line.zone) return settings.responder.zones.front();
    const auto zone = Name::from_text(*line.zone);
    if (!zone) return Problem{"--zone: " + zone.error().text};
    return *zone;
}

Result<ZoneOptions> zone_options(const CommandLine& line, const conf::Settings& settings) {
    const conf::ResponderSettings& serve = settings.responder;
    ZoneOptions options;
    const auto zone = zone_name(line, settings);
    if (!zone) return zone.error();
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

// Reports each damage in the store once, and counts them.
class DamageLog {
  public:
    explicit DamageLog(Terminal& terminal) : terminal_(terminal) {}

    void add(const std::string& where, const std::string& what) {
        if (reported_.size() >= max_reported || !reported_.insert(where + ": " + what).second) {
            return;
        }
        terminal_.complain("left out, damaged: " + where + ": " + what);
        ++watch.damaged;
    }

    ExportWatch watch;

  private:
    static constexpr std::size_t max_reported = 10'000;

    Terminal& terminal_;
    std::set<std::string> reported_;
};

Result<ExitCode> export_zone(const CommandLine& line, const conf::Settings& settings,
                             const Subject& subject, History& history, Terminal& terminal) {
    const auto options = zone_options(line, settings);
    if (!options) return options.error();
    const ZoneExportResult result = export_zone(history, subject, *options, stdout);
    if (result.written == Written::all) terminal.say(zone_summary_text(result, *options));
    return done;
}

Result<ExitCode> export_past(const CommandLine& line, const conf::Settings& settings,
                             History& history, Terminal& terminal) {
    const auto zone = zone_name(line, settings);
    if (!zone) return zone.error();
    const PastRootOptions options{.zone = *zone, .time = *line.at, .ttl = settings.responder.ttl};
    const auto suffix = past_suffix(options, now_utc());
    if (!suffix) return suffix.error();
    const PastRootResult result = export_past_root(history, options, *suffix, stdout);
    if (result.written == Written::all) terminal.say(past_root_text(result, *suffix));
    return done;
}

ExitCode export_records(const CommandLine& line, const Subject& subject, History& history,
                        ExportWatch& watch, Terminal& terminal) {
    ExportResult result;
    if (line.export_format == "dnsdb") {
        // The signal is taken over, so that the stream can say how it ended.
        const StopSignal stop;
        watch.stop = stop.descriptor();
        result = export_dnsdb(history, subject, stdout, watch);
    } else {
        result = export_cof(history, subject, stdout);
    }
    if (result.written == Written::stopped) {
        terminal.complain("stopped after " + std::to_string(result.records) + " records");
        return failed;
    }
    if (result.written == Written::all && result.left_out != 0) {
        terminal.say(std::to_string(result.left_out) +
                     " registrations (WHOIS) left out; --whois writes them too");
    } else if (result.written == Written::all && result.records == 0) {
        terminal.say(line.subject.empty() ? "the store is empty"
                                          : "nothing is known of " + line.subject);
    }
    return done;
}

}  // namespace

Result<ExitCode> export_command(const CommandLine& line, const conf::Settings& settings,
                                Terminal& terminal) {
    Subject subject;
    if (!line.subject.empty()) {
        const auto read = subject_from_text(line.subject);
        if (!read) return read.error();
        subject = *read;
    }
    subject.personal = line.whois;
    const bool is_zone = line.export_format == "zone";
    const bool is_past = line.export_format == "past";
    if (!is_zone && (!line.name_servers.empty() || line.pages)) {
        return Problem{"--ns and --pages go with --format zone"};
    }
    if (!is_zone && !is_past && line.zone) {
        return Problem{"--zone goes with --format zone and past"};
    }
    if (is_past != line.at.has_value()) {
        return Problem{is_past ? "--format past wants --at TIME, as in --at 2019-06-01"
                               : "--at goes with --format past"};
    }
    if (is_past && !line.subject.empty()) {
        return Problem{"--format past is for all names; it takes no SUBJECT"};
    }
    if ((is_zone || is_past) && line.whois) {
        return Problem{"a zone has no registrations; --whois goes with --format cof and dnsdb"};
    }
    DamageLog damages(terminal);
    History history(
        settings.store.directory,
        [&](const std::string& where, const std::string& what) { damages.add(where, what); });
    const auto code = is_past   ? export_past(line, settings, history, terminal)
                      : is_zone ? export_zone(line, settings, subject, history, terminal)
                                : export_records(line, subject, history, damages.watch, terminal);
    return code && *code == done && damages.watch.damaged > 0 ? failed : code;
}

}  // namespace dnshist::zonegen
