#include "zonegen/import/reading.hpp"

#include <algorithm>

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

bool read_option(std::string_view option, ReaderOptions& options) {
    if (option == "trust=all") {
        options.trust = Trust::everything;
        return true;
    }
    if (option == "includes") {
        options.zone_includes = true;
        return true;
    }
    constexpr std::string_view types = "types=";
    if (option.starts_with(types)) {
        return read_types(option.substr(types.size()), options.dnstap_types);
    }
    constexpr std::string_view origin = "origin=";
    if (!option.starts_with(origin)) return false;
    const auto name = Name::from_text(option.substr(origin.size()));
    if (name) options.origin = *name;
    return name.has_value();
}

}  // namespace

std::string reading_text(const Reading& reading) {
    const ReaderOptions& options = reading.options;
    // SAF is read as COF is; it only has to be there.
    const bool is_cof = reading.format == FeedFormat::dnsdb;
    std::string text(traits_of(is_cof ? FeedFormat::cof : reading.format).name);
    if (has_responses(reading.format) && options.trust == Trust::everything) text += " trust=all";
    if (reading.format == FeedFormat::dnstap) text += " types=" + types_text(options.dnstap_types);
    if (reading.format == FeedFormat::zone) {
        if (options.origin) text += " origin=" + options.origin->text();
        if (options.zone_includes) text += " includes";
    }
    return text + '\n' + reading.filter.text();
}

std::optional<Reading> reading_from_text(std::string_view text) {
    Reading reading;
    std::string_view options = next_part(text, '\n');
    const auto format = feed_format_named(next_part(options, ' '));
    if (!format) return std::nullopt;
    reading.format = *format;
    while (!options.empty()) {
        if (!read_option(next_part(options, ' '), reading.options)) return std::nullopt;
    }
    if (!reading.filter.add_text(text)) return std::nullopt;
    return reading;
}

}  // namespace dnshist::zonegen
