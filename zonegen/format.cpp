#include "zonegen/format.hpp"

#include <algorithm>
#include <array>

#include "zonegen/cof_feed.hpp"
#include "zonegen/pcap_reader.hpp"

namespace dnshist {

namespace {

// By number.
constexpr std::array all_formats = {
    FormatTraits{.format = Format::cof,
                 .name = "cof",
                 .description = "passive DNS Common Output Format",
                 .stateful = false},
    FormatTraits{.format = Format::dnsdb,
                 .name = "dnsdb",
                 .description = "the same as DNSDB streams it (SAF)",
                 .stateful = false},
    FormatTraits{.format = Format::pcap,
                 .name = "pcap",
                 .description = "captured packets, pcap or pcapng",
                 .stateful = true},
};

// Something in the head looks like JSON, or like the remarks of a file of rejects.
bool looks_like_json(std::string_view head) noexcept {
    bool at_start = true;
    for (const char c : head) {
        if (at_start && (c == '{' || c == '[' || c == '#')) return true;
        const bool blank =
            c == ' ' || c == '\t' || c == '\r' || c == '\xef' || c == '\xbb' || c == '\xbf';
        at_start = c == '\n' || (at_start && blank);
    }
    return false;
}

}  // namespace

std::span<const FormatTraits> formats() noexcept {
    return all_formats;
}

const FormatTraits& traits_of(Format format) noexcept {
    return all_formats[static_cast<std::size_t>(format)];
}

std::optional<Format> format_named(std::string_view name) noexcept {
    const auto* found = std::ranges::find(all_formats, name, &FormatTraits::name);
    if (found == all_formats.end()) return std::nullopt;
    return found->format;
}

std::string format_names() {
    std::string names;
    for (const FormatTraits& traits : all_formats) {
        if (!names.empty()) names += ", ";
        names += traits.name;
    }
    return names;
}

std::optional<Format> format_of(std::string_view head) noexcept {
    if (looks_like_capture(head)) return Format::pcap;
    if (looks_like_json(head)) return Format::cof;
    return std::nullopt;
}

std::unique_ptr<Reader> make_reader(Format format, Feed& feed, const Sink& sink,
                                    const ReadingStart& start, const ReaderOptions& options) {
    switch (format) {
        case Format::cof:
        case Format::dnsdb:
            break;
        case Format::pcap:
            return std::make_unique<PcapReader>(feed, sink, start, options.trust, options.sensor);
    }
    return std::make_unique<CofFeed>(feed, sink, start, format == Format::dnsdb, options.sensor);
}

}  // namespace dnshist
