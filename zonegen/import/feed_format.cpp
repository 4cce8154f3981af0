#include "zonegen/import/feed_format.hpp"

#include <algorithm>
#include <array>

#include "storage/record/tokens.hpp"
#include "storage/text/characters.hpp"
#include "zonegen/capture/pcap_file_reader.hpp"
#include "zonegen/cof/cof_file_reader.hpp"
#include "zonegen/dnstap/dnstap_file_reader.hpp"
#include "zonegen/feed/reject_file.hpp"
#include "zonegen/import/foreign_format.hpp"
#include "zonegen/masterfile/zone_file_reader.hpp"
#include "zonegen/registration/registration_file_reader.hpp"
#include "zonegen/sensorlog/eve_parser.hpp"
#include "zonegen/sensorlog/log_file_reader.hpp"
#include "zonegen/sensorlog/passivedns_parser.hpp"
#include "zonegen/sensorlog/zeek_parser.hpp"

namespace dnshist::zonegen {

namespace {

// By number.
constexpr std::array all_formats = {
    FeedFormatTraits{.format = FeedFormat::cof,
                     .name = "cof",
                     .description = "passive DNS Common Output Format",
                     .stateful = false},
    FeedFormatTraits{.format = FeedFormat::dnsdb,
                     .name = "dnsdb",
                     .description = "the same as DNSDB streams it (SAF)",
                     .stateful = false},
    FeedFormatTraits{.format = FeedFormat::dnstap,
                     .name = "dnstap",
                     .description = "a file of dnstap frames",
                     .stateful = true},
    FeedFormatTraits{.format = FeedFormat::pcap,
                     .name = "pcap",
                     .description = "captured packets, pcap or pcapng",
                     .stateful = true},
    FeedFormatTraits{.format = FeedFormat::zeek,
                     .name = "zeek",
                     .description = "Zeek's dns.log, of columns or JSON",
                     .stateful = true},
    FeedFormatTraits{.format = FeedFormat::passivedns,
                     .name = "passivedns",
                     .description = "the log of gamelinux' passivedns",
                     .stateful = false},
    FeedFormatTraits{.format = FeedFormat::eve,
                     .name = "eve",
                     .description = "the DNS events of Suricata's EVE log",
                     .stateful = false},
    FeedFormatTraits{.format = FeedFormat::zone,
                     .name = "zone",
                     .description = "a zone's master file, as it was --at some time",
                     .stateful = true},
    FeedFormatTraits{.format = FeedFormat::rdap,
                     .name = "rdap",
                     .description = "registrations, as RDAP answers",
                     .stateful = false},
    FeedFormatTraits{.format = FeedFormat::whois_csv,
                     .name = "whois-csv",
                     .description = "registrations in CSV, as WhoisXML and WhoisFreaks have them",
                     .stateful = true},
    FeedFormatTraits{.format = FeedFormat::whois,
                     .name = "whois",
                     .description = "registrations, as WHOIS servers answer with ICANN's labels",
                     .stateful = false},
};

// Whether some line looks like JSON, or like a comment of a reject file.
bool looks_like_json(std::string_view head) noexcept {
    bool at_start = true;
    for (const char c : head) {
        if (at_start && (c == '{' || c == '[' || c == '#')) return true;
        const bool blank = c == ' ' || c == '\t' || c == '\r';
        at_start = c == '\n' || (at_start && blank);
    }
    return false;
}

// The first line that is neither blank nor a comment, which begins with `mark`.
std::string_view first_line(std::string_view head, char mark) noexcept {
    for (;;) {
        const std::size_t end = head.find('\n');
        const std::string_view line = head.substr(0, end);
        const std::size_t first = line.find_first_not_of(" \t\r");
        if (first != std::string_view::npos && line[first] != mark) return line;
        if (end == std::string_view::npos) return {};
        head.remove_prefix(end + 1);
    }
}

// Whether there is an object with such a member, perhaps behind a header of syslog.
bool has_member(std::string_view head, std::string_view name) noexcept {
    return contains(head, "{") && contains(head, name);
}

bool looks_like_zeek(std::string_view head) noexcept {
    const bool header =
        head.starts_with('#') && (contains(head, "#separator ") || contains(head, "#fields"));
    // "id.orig_h", or "id_orig_h" or a member of "id" where another store had it.
    return header || has_member(head, "orig_h\"");
}

// The members of COF's dialects, and of SAF.
bool looks_like_cof(std::string_view head) noexcept {
    constexpr std::array<std::string_view, 6> members = {
        "\"rrname\"", "\"rrtype\"", "\"rdata\"", "\"rrdata\"", "\"time_first\"", "\"cond\""};
    return looks_like_json(head) && std::ranges::any_of(members, [head](std::string_view name) {
               return contains(head, name);
           });
}

bool looks_like_passivedns(std::string_view head) noexcept {
    if (has_member(head, "\"timestamp_s\"")) return true;
    const std::string_view line = first_line(head, '#');
    const std::size_t time = line.find_first_not_of("0123456789.");
    return time != std::string_view::npos && time != 0 && line.substr(time).starts_with("||");
}

bool looks_like_rdap(std::string_view head) noexcept {
    return has_member(head, "\"rdapConformance\"") ||
           (has_member(head, "\"objectClassName\"") && contains(head, "\"ldhName\""));
}

// The names of columns, a domain's among them.
bool looks_like_whois_csv(std::string_view head) noexcept {
    const std::string_view line = first_line(head, '#');
    return std::ranges::count(line, ',') >= 2 && !contains(line, "{") &&
           (contains(line, "domainName") || contains(line, "domain_name")) &&
           (contains(line, "registrar") || contains(line, "registrant"));
}

bool looks_like_whois(std::string_view head) noexcept {
    return contains(head, "Domain Name: ") &&
           (contains(head, "Registrar: ") || contains(head, "Registrar WHOIS"));
}

// Whether the first line is a directive, or a record with a class or of type SOA.
bool looks_like_zone(std::string_view head) noexcept {
    const std::string_view line = first_line(head, ';');
    if (line.starts_with("$ORIGIN") || line.starts_with("$TTL")) return true;
    Tokens words(line);
    for (unsigned i = 0; i < 4; ++i) {
        const auto word = words.next();
        if (!word) return false;
        if (i != 0 && (word->text == "IN" || word->text == "in" || word->text == "SOA"))
            return true;
    }
    return false;
}

}  // namespace

std::span<const FeedFormatTraits> feed_formats() noexcept {
    return all_formats;
}

const FeedFormatTraits& traits_of(FeedFormat format) noexcept {
    return all_formats[static_cast<std::size_t>(format)];
}

bool is_registrations(FeedFormat format) noexcept {
    return format == FeedFormat::rdap || format == FeedFormat::whois_csv ||
           format == FeedFormat::whois;
}

std::optional<FeedFormat> feed_format_named(std::string_view name) noexcept {
    const auto* found = std::ranges::find(all_formats, name, &FeedFormatTraits::name);
    if (found == all_formats.end()) return std::nullopt;
    return found->format;
}

std::string feed_format_names() {
    std::string names;
    for (const FeedFormatTraits& traits : all_formats) {
        if (!names.empty()) names += ", ";
        names += traits.name;
    }
    return names;
}

std::optional<FeedFormat> reject_file_format(std::string_view head) noexcept {
    const auto format = feed_format_named(reject_file_format_name(head));
    // Items that are not text are remarks, which any reader of lines passes over.
    if (format == FeedFormat::dnstap || format == FeedFormat::pcap) return FeedFormat::cof;
    return format;
}

std::optional<FeedFormat> feed_format_of(std::string_view head) {
    if (const auto format = reject_file_format(head)) return format;
    if (looks_like_dnstap(head)) return FeedFormat::dnstap;
    if (looks_like_capture(head)) return FeedFormat::pcap;
    if (looks_like_whois_csv(without_byte_order_mark(head))) return FeedFormat::whois_csv;
    if (foreign_text_of(head)) return std::nullopt;
    head = without_byte_order_mark(head);
    if (looks_like_zeek(head)) return FeedFormat::zeek;
    if (has_member(head, "\"event_type\"")) return FeedFormat::eve;
    if (looks_like_passivedns(head)) return FeedFormat::passivedns;
    if (looks_like_cof(head)) return FeedFormat::cof;
    if (looks_like_rdap(head)) return FeedFormat::rdap;
    if (looks_like_whois(head)) return FeedFormat::whois;
    if (looks_like_zone(head)) return FeedFormat::zone;
    return std::nullopt;
}

std::unique_ptr<Reader> make_reader(FeedFormat format, Feed& feed, const Sink& sink,
                                    const ReadingStart& start, const ReaderOptions& options) {
    switch (format) {
        case FeedFormat::cof:
        case FeedFormat::dnsdb:
            break;
        case FeedFormat::dnstap:
            return std::make_unique<DnstapFileReader>(
                feed, sink, DnstapOptions{options.dnstap_types, options.trust, options.sensor});
        case FeedFormat::pcap:
            return std::make_unique<PcapFileReader>(
                feed, sink, start,
                PcapOptions{options.trust, options.resolvers, options.mirrors, options.sensor});
        case FeedFormat::zeek:
            return std::make_unique<LogFileReader<ZeekParser>>(feed, sink, start, options.sensor,
                                                               options.trust, options.resolvers);
        case FeedFormat::passivedns:
            return std::make_unique<LogFileReader<PassivednsParser>>(feed, sink, start,
                                                                     options.sensor);
        case FeedFormat::eve:
            return std::make_unique<LogFileReader<EveParser>>(feed, sink, start, options.sensor,
                                                              options.trust, options.resolvers);
        case FeedFormat::zone:
            return std::make_unique<ZoneFileReader>(feed, sink, options.when, options.origin,
                                                    options.sensor, options.zone_includes);
        case FeedFormat::rdap:
            return std::make_unique<RegistrationFileReader<RdapParser>>(
                feed, sink, start, options.sensor, options.when);
        case FeedFormat::whois_csv:
            return std::make_unique<RegistrationFileReader<WhoisCsvParser>>(
                feed, sink, start, options.sensor, options.when);
        case FeedFormat::whois:
            return std::make_unique<RegistrationFileReader<WhoisTextParser>>(
                feed, sink, start, options.sensor, options.when);
    }
    return std::make_unique<CofFileReader>(feed, sink, start, format == FeedFormat::dnsdb,
                                           options.sensor);
}

}  // namespace dnshist::zonegen
