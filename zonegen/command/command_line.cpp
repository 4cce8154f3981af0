#include "zonegen/command/command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <sstream>

#include "storage/text/printable.hpp"

#include "storage/text/address_prefix.hpp"

namespace dnshist::zonegen {

namespace {

// An option, and its value as the help shows it.
template <class T>
CLI::Option& add(CLI::App& command, const char* name, T& value, const char* text,
                 const std::string& help) {
    return *command.add_option(name, value, help)->option_text(text);
}

// The same for an option that may be given more than once, each time with one value.
CLI::Option& add_each(CLI::App& command, const char* name, std::vector<std::string>& values,
                      const char* text, const std::string& help) {
    return *add(command, name, values, text, help).allow_extra_args(false);
}

// The options that import and listen have in common.
void describe_input(CLI::App& command, CommandLine& line) {
    std::vector<std::string> types;
    for (const DnstapType type : conf::dnstap_types())
        types.emplace_back(conf::dnstap_type_name(type));
    add(command, "--sensor", line.sensor, "ID", "sensor_id of records that name none");
    add(command, "--trust", line.trust, "bailiwick|unasked|all",
        "what of a response is believed: bailiwick (default), unasked or all")
        .check(CLI::IsMember({"bailiwick", "unasked", "all"}));
    add_each(command, "--dnstap-types", line.dnstap_types, "KIND,...",
             "kinds of dnstap messages: resolver (default), auth, client, forwarder, stub, "
             "tool")
        .delimiter(',')
        ->check(CLI::IsMember(types));
    add(command, "--ahead", line.ahead, "LENGTH",
        "how far after the clock a time may be that is believed; 1d if not given");
    add_each(command, "--include", line.include, "RULE",
             "keep only such records: NAME (and all below), \"TYPE NAME\", or /FILE of them");
    add_each(command, "--exclude", line.exclude, "RULE", "leave such records out");
    command.add_flag("--search", line.search,
                     "write the index for searches too, as store.search = true does");
}

// The options of captures and logs, which say who sent a response.
void describe_addresses(CLI::App& command, CommandLine& line) {
    const auto is_prefix = [](const std::string& text) {
        if (address_prefix_from_text(text)) return std::string();
        const std::string nearest = nearest_address_prefix(text);
        return "no address or prefix: " + text +
               (nearest.empty() ? "" : "; did you mean " + nearest);
    };
    add_each(command, "--resolver", line.resolvers, "PREFIX",
             "a resolver, or a prefix of them, that is believed in all zones")
        .check(is_prefix);
    add_each(command, "--mirror", line.mirrors, "PREFIX",
             "a device, or a prefix of them, that copies packets to the sensor in a tunnel")
        .check(is_prefix);
}

void describe_listen(CLI::App& command, CommandLine& line) {
    add_each(command, "--dnstap", line.dnstap_places, "PLACE",
             "where senders connect, unix:PATH or ADDRESS@PORT; may be given again");
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
    add(command, "--at", line.at, "TIME|mtime",
        "when the zones were as their files have them, and registrations that do not say were "
        "asked; mtime: when these files were modified");
    add(command, "--origin", line.origin, "NAME",
        "of zone files: nothing outside of it is believed, and names before any $ORIGIN are "
        "relative to it");
    command.add_flag("--zone-includes", line.zone_includes, "follow $INCLUDE in zone files");
    add(command, "--counts", line.counts, "add|max",
        "what becomes of the count of a record seen again: add (default) or max")
        .check(CLI::IsMember({"add", "max"}));
    command.add_flag("--again", line.again, "count feeds that were imported whole once more");
    add(command, "--batch", line.batch, "N", "observations in one transaction")
        .check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
    add(command, "--reject-file", line.reject_file, "FILE", "add what is rejected to this file");
    command
        .add_option("FILE", line.files,
                    "feeds, compressed or not (gzip, zstd, bzip2, xz); - is standard input")
        ->required();
}

void describe_export(CLI::App& command, CommandLine& line) {
    add(command, "--format", line.export_format, "FORMAT",
        "cof (default), dnsdb, zone, or past: a root zone for a resolver that lives in the past")
        .check(CLI::IsMember({"cof", "dnsdb", "zone", "past"}));
    add(command, "--at", line.at, "TIME", "of --format past: the time at which it lives");
    add(command, "--zone", line.zone, "NAME",
        "of --format zone and past: the name of the responder's zone; the first one configured if "
        "not given");
    add_each(command, "--ns", line.name_servers, "NAME",
             "of --format zone: a name server of it, may be given more than once; the zone itself "
             "if not given");
    add(command, "--pages", line.pages, "N", "likewise: pages of one question at most; 20")
        .check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
    command.add_flag("--whois", line.whois,
                     "registrations too, which are personal data; not with --format zone");
    command.add_option("SUBJECT", line.subject, "NAME, or *.NAME for all below it");
}

void describe_prune(CLI::App& command, CommandLine& line) {
    add(command, "--last-before", line.last_before, "T",
        "remove records that were last seen before this: a date, or an age as 2y");
    add(command, "--source", line.prune_source, "WORD",
        "remove records that came from this sensor_id or origin alone");
    add(command, "--sensor", line.prune_sensor, "ID",
        "remove records that came from this sensor_id alone");
    add(command, "--min", line.min, "N", "of these only records that were seen fewer than N times")
        .check(CLI::Range(std::uint64_t{1}, ~std::uint64_t{0}));
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
    app.add_subcommand("index", "make the index for searches anew, of all that levels have");
    CLI::App* const check_command =
        app.add_subcommand("check", "read the whole store and compare both directions");
    check_command->add_flag("--clean", line.clean,
                            "of a store in Ceph: remove what killed writers have left");
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
