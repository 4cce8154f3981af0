// The formats of feeds: their names, their detection and their readers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/text/address_prefix.hpp"
#include "zonegen/dnstap/dnstap_message.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/response/response_observer.hpp"

namespace dnshist::zonegen {

enum class FeedFormat : std::uint8_t {
    cof,
    dnsdb,   // COF in SAF, which it must be in
    dnstap,  // in a file of Frame Streams
    pcap,    // or pcapng
    zeek,    // dns.log
    passivedns,
    eve,
    zone,  // a master file
    rdap,
    whois_csv,
    whois,  // text
};

struct FeedFormatTraits {
    FeedFormat format;
    std::string_view name;         // "cof", as --format has it
    std::string_view description;  // for --help
    // The meaning of an item depends on those before it, so that reading must begin at the start.
    bool stateful;
};
std::span<const FeedFormatTraits> feed_formats() noexcept;
const FeedFormatTraits& traits_of(FeedFormat format) noexcept;

// Whether it has registrations of domains (zonegen/registration).
bool is_registrations(FeedFormat format) noexcept;

std::optional<FeedFormat> feed_format_named(std::string_view name) noexcept;
// "cof, dnsdb".
std::string feed_format_names();

// The format of the rejects that a reject file has (reject_file.hpp). Nothing for other content.
std::optional<FeedFormat> reject_file_format(std::string_view head) noexcept;

// Detects the format by the first octets of the content. Nothing if it is unknown, or one that is
// not read (foreign_format.hpp).
std::optional<FeedFormat> feed_format_of(std::string_view head);

struct ReaderOptions {
    std::string sensor;                    // sensor_id of records that have none
    Trust trust = Trust::bailiwick;        // in DNS responses
    std::vector<AddressPrefix> resolvers;  // of captures and logs: believed in all zones
    std::vector<AddressPrefix> mirrors;    // of captures: devices that send packets in tunnels
    std::vector<DnstapType> dnstap_types = {DnstapType::resolver_response};
    // Of registrations that do not say when they were asked: that time.
    // For a zone file: the time of the copy, which is required unless it is a reject file, and the
    // origin, below which all is that is believed, and which relative names have before any
    // $ORIGIN.
    std::optional<Seconds> when;
    std::optional<Name> origin;
    bool zone_includes = false;  // $INCLUDE is followed
};

// The feed is at `start`, which is its beginning for a stateful format. Feed and sink must outlive
// the reader.
std::unique_ptr<Reader> make_reader(FeedFormat format, Feed& feed, const Sink& sink,
                                    const ReadingStart& start, const ReaderOptions& options);

}  // namespace dnshist::zonegen
