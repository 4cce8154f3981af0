#include "zonegen/import/reading.hpp"

#include <algorithm>
#include <array>

#include "storage/text/address.hpp"
#include "storage/text/address_prefix.hpp"
#include "storage/text/number.hpp"
#include "storage/text/time.hpp"

namespace dnshist::zonegen {

namespace {

bool has_responses(FeedFormat format) noexcept {
    switch (format) {
        case FeedFormat::dnstap:
        case FeedFormat::pcap:
        case FeedFormat::zeek:
        case FeedFormat::eve:
            return true;
        default:
            return false;
    }
}

std::string types_text(const std::vector<DnstapType>& types) {
    std::string text;
    for (const DnstapType type : conf::dnstap_types()) {
        if (std::ranges::find(types, type) == types.end()) continue;
        if (!text.empty()) text += ',';
        text += conf::dnstap_type_name(type);
    }
    return text;
}

// Removes the text up to `separator` from the front of `rest`, and returns it.
std::string_view next_part(std::string_view& rest, char separator) noexcept {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

bool read_types(std::string_view names, std::vector<DnstapType>& types) {
    types.clear();
    while (!names.empty()) {
        const auto type = conf::dnstap_type_named(next_part(names, ','));
        if (!type) return false;
        types.push_back(*type);
    }
    return true;
}

// As IPv6, with IPv4 mapped into it.
std::string prefixes_text(const std::vector<AddressPrefix>& prefixes) {
    std::vector<std::string> texts;
    texts.reserve(prefixes.size());
    for (const AddressPrefix& prefix : prefixes) {
        std::array<char, 64> room;
        TextWriter out(room);
        write_ipv6(out, prefix.address);
        out.put('/');
        out.put_decimal(prefix.length);
        texts.emplace_back(out.text());
    }
    std::ranges::sort(texts);
    std::string joined;
    for (const std::string& text : texts)
        joined += (joined.empty() ? "" : ",") + text;
    return joined;
}

bool read_prefixes(std::string_view texts, std::vector<AddressPrefix>& prefixes) {
    while (!texts.empty()) {
        const auto prefix = address_prefix_from_text(next_part(texts, ','));
        if (!prefix) return false;
        prefixes.push_back(*prefix);
    }
    return true;
}

bool read_option(std::string_view option, Reading& reading) {
    ReaderOptions& options = reading.options;
    std::string_view value = option;
    const std::string_view name = next_part(value, '=');
    if (name == "trust") {
        const auto trust = conf::trust_named(value);
        if (trust) options.trust = *trust;
        return trust.has_value();
    }
    if (name == "resolvers") return read_prefixes(value, options.resolvers);
    if (name == "mirrors") return read_prefixes(value, options.mirrors);
    if (name == "types") return read_types(value, options.dnstap_types);
    if (name == "ahead") {
        const auto ahead = number_from_text<std::uint32_t>(value);
        reading.ahead = ahead.value_or(0);
        return ahead.has_value();
    }
    if (name == "at") {
        options.when = timestamp_from_text(value);
        reading.items_have_times = true;
        return options.when.has_value();
    }
    if (name == "origin") {
        const auto origin = Name::from_text(value);
        if (origin) options.origin = *origin;
        return origin.has_value();
    }
    options.zone_includes = option == "includes";
    return options.zone_includes;
}

}  // namespace

std::string reading_text(const Reading& reading) {
    const ReaderOptions& options = reading.options;
    // SAF is read as COF is; it only has to be there.
    const bool is_cof = reading.format == FeedFormat::dnsdb;
    std::string text(traits_of(is_cof ? FeedFormat::cof : reading.format).name);
    if (has_responses(reading.format)) {
        if (options.trust != Trust::bailiwick) {
            text += " trust=";
            text += conf::trust_name(options.trust);
        }
        if (!options.resolvers.empty()) text += " resolvers=" + prefixes_text(options.resolvers);
    }
    if (reading.format == FeedFormat::pcap && !options.mirrors.empty()) {
        text += " mirrors=" + prefixes_text(options.mirrors);
    }
    if (reading.format == FeedFormat::dnstap) text += " types=" + types_text(options.dnstap_types);
    if (reading.format == FeedFormat::zone) {
        if (options.origin) text += " origin=" + options.origin->text();
        if (options.zone_includes) text += " includes";
    }
    if (reading.items_have_times && options.when) text += " at=" + time_text(*options.when);
    if (reading.ahead != TimeLimit::usual_ahead) text += " ahead=" + std::to_string(reading.ahead);
    return text + '\n' + reading.filter.text();
}

std::optional<Reading> reading_from_text(std::string_view text) {
    Reading reading;
    std::string_view options = next_part(text, '\n');
    const auto format = feed_format_named(next_part(options, ' '));
    if (!format) return std::nullopt;
    reading.format = *format;
    while (!options.empty()) {
        if (!read_option(next_part(options, ' '), reading)) return std::nullopt;
    }
    if (!reading.filter.add_text(text)) return std::nullopt;
    return reading;
}

}  // namespace dnshist::zonegen
