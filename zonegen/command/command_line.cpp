#include "zonegen/command/command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <sstream>

#include "storage/text/printable.hpp"

#include "storage/text/address_prefix.hpp"

namespace dnshist::zonegen {

namespace {

// The options that import and listen have in common.
void describe_input(CLI::App& command, CommandLine& line) {
    std::vector<std::string> types;
    for (const DnstapType type : conf::dnstap_types())
        types.emplace_back(conf::dnstap_type_name(type));
    command.add_option("--sensor", line.sensor, "sensor_id of records that name none")
        ->option_text("ID");
    command
        .add_option("--trust", line.trust,
                    "what of a response is believed: bailiwick (default), unasked or all")
        ->check(CLI::IsMember({"bailiwick", "unasked", "all"}))
        ->option_text("bailiwick|unasked|all");
    command
        .add_option("--dnstap-types", line.dnstap_types,
                    "kinds of dnstap messages: resolver (default), auth, client, forwarder, stub, "
                    "tool")
        ->delimiter(',')
        ->check(CLI::IsMember(types))
        ->allow_extra_args(false)
        ->option_text("KIND,...");
    command
        .add_option("--ahead", line.ahead,
                    "how far after the clock a time may be that is believed; 1d if not given")
        ->option_text("LENGTH");
    command
        .add_option("--include", line.include,
                    "keep only such records: NAME (and all below), \"TYPE NAME\", or /FILE of them")
        ->allow_extra_args(false)
        ->option_text("RULE");
    command.add_option("--exclude", line.exclude, "leave such records out")
        ->allow_extra_args(false)
        ->option_text("RULE");
}

// The options of captures and logs, which say who sent a response.
void describe_addresses(CLI::App& command, CommandLine& line) {
    const auto is_prefix = [](const std::string& text) {
        if (address_prefix_from_text(text)) return std::string();
        const std::string nearest = nearest_address_prefix(text);
        return "no address or prefix: " + text +
               (nearest.empty() ? "" : "; did you mean " + nearest);
    };
    command
        .add_option("--resolver", line.resolvers,
                    "a resolver, or a prefix of them, that is believed in all zones")
        ->allow_extra_args(false)
        ->check(is_prefix)
        ->option_text("PREFIX");
    command
        .add_option("--mirror", line.mirrors,
                    "a device, or a prefix of them, that copies packets to the sensor in a tunnel")
        ->allow_extra_args(false)
        ->check(is_prefix)
        ->option_text("PREFIX");
}

void describe_listen(CLI::App& command, CommandLine& line) {
    command
        .add_option("--dnstap", line.dnstap_places,
                    "where senders connect, unix:PATH or ADDRESS@PORT; may be given again")
        ->allow_extra_args(false)
        ->option_text("PLACE");
    describe_input(command, line);
}

void describe_import(CLI::App& command, CommandLine& line) {
    command
        .add_option_function<std::string>(
            "--format", [&line](const std::string& name) { line.format = feed_format_named(name); },
            "auto (as its first octets show), " + feed_format_names())
        ->check([](const std::string& name) {
            const bool known = name == "auto" || feed_format_named(name).has_value();
            return known
                       ? ""
                       : "there is no format " + name + "; there are auto, " + feed_format_names();
        })
        ->option_text("FORMAT");
    describe_input(command, line);
    describe_addresses(command, line);
    command
        .add_option("--at", line.at,
                    "when the zones were as their files have them; mtime: when these were modified")
        ->option_text("TIME|mtime");
    command
        .add_option(
            "--origin", line.origin,
            "of zone files: nothing outside of it is believed, and names before any $ORIGIN are "
            "relative to it")
        ->option_text("NAME");
    command.add_flag("--zone-includes", line.zone_includes, "follow $INCLUDE in zone files");
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
        ->option_text("T");
    command
        .add_option("--source", line.prune_source,
                    "remove records that came from this sensor_id or origin alone")
        ->option_text("WORD");
    command
        .add_option("--sensor", line.prune_sensor,
                    "remove records that came from this sensor_id alone")
        ->option_text("ID");
    command
        .add_option("--min", line.min, "of these only records that were seen fewer than N times")
        ->check(CLI::Range(std::uint64_t{1}, ~std::uint64_t{0}))
        ->option_text("N");
    CLI::Option* const dry_run =
        command.add_flag("--dry-run", line.dry_run, "say how many it would be, and remove none");
    command
        .add_flag("--verbose", line.verbose,
                  "with --dry-run: list them, and those that stay because others saw them too")
        ->needs(dry_run);
}

}  // namespace

std::optional<ExitCode> read_command_line(int argc, char** argv, CommandLine& line) {
    CLI::App app("Keeps a store of passive DNS: imports feeds, exports, prunes, copies.",
                 "dnshist-zonegen");
    app.set_version_flag("--version", "dnshist-zonegen " DNSHIST_VERSION);
    app.add_option("--config", line.config, "configuration file")->option_text("FILE");
    app.add_option("--store", line.store, "the store's directory")->option_text("DIR");
    app.require_subcommand(1);
    app.fallthrough();

    CLI::App* const import_command = app.add_subcommand("import", "read feeds into the store");
    describe_import(*import_command, line);
    CLI::App* const listen_command =
        app.add_subcommand("listen", "take live dnstap into the store");
    describe_listen(*listen_command, line);
    CLI::App* const export_command =
        app.add_subcommand("export", "write the store's records to standard output");
    describe_export(*export_command, line);
    CLI::App* const prune_command =
        app.add_subcommand("prune", "remove old records, or those of a source");
    describe_prune(*prune_command, line);
    CLI::App* const copy_command =
        app.add_subcommand("copy", "make a compact copy of the store while it is in use");
    copy_command->add_option("DIR", line.copy, "a directory that is new or empty")->required();
    app.add_subcommand("check", "read the whole store and compare both directions");
    CLI::App* const stats_command = app.add_subcommand("stats", "what the store holds");
    stats_command->add_flag("--json", line.json, "as a JSON object");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // It may quote an argument, which may be the name of a file.
        std::ostringstream message;
        const int code = app.exit(error, std::cout, message);
        std::cerr << printable(message.str(), Escape::decimal, "\n");
        return code == 0 ? done : wrong_usage;
    }
    line.command = app.get_subcommands().front()->get_name();
    return std::nullopt;
}

}  // namespace dnshist::zonegen
