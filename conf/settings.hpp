// The configuration, which both programs read from one TOML file. conf/keys.cpp has the table of
// its keys, with the default of each; an unknown key or a wrong value is an error that names its
// line.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/choices.hpp"
#include "conf/cookie_secret.hpp"
#include "conf/endpoint.hpp"
#include "conf/http_settings.hpp"
#include "storage/base/result.hpp"
#include "storage/query/query.hpp"
#include "storage/record/name.hpp"
#include "storage/record/observation.hpp"
#include "storage/text/address_prefix.hpp"

namespace dnshist::conf {

struct StoreSettings {
    std::filesystem::path directory;
    std::uint32_t gap{};  // seconds; of a store that is made anew
    bool search{};        // whether files of levels get a search index
    // For a directory rados://POOL/NAMESPACE.
    std::filesystem::path ceph_conf;
    std::string ceph_user;
    std::uint32_t cache{};          // megabytes of blocks that a responder keeps, all threads
    std::uint32_t cache_seconds{};  // for how long
};

struct ResponderSettings {
    std::vector<Endpoint> listen;
    std::vector<Endpoint> listen_tls;  // DNS over TLS
    std::vector<Name> zones;
    std::uint32_t threads{};  // 0: one per processor
    std::uint32_t ttl{};
    std::uint32_t negative_ttl{};
    std::uint64_t scan_limit{};  // units of work
    std::uint16_t udp_payload{};
    std::uint32_t tcp_clients{};              // connections at once, over all threads
    std::uint32_t tcp_clients_per_address{};  // of them
    std::uint32_t tcp_idle_timeout{};         // seconds
    std::string identity;                     // NSID and id.server; empty: not told
    bool chaos{};                             // whether class CH is answered
    bool cookies{};
    std::vector<CookieSecret> cookie_secrets;  // none: a random one
    std::optional<Endpoint> metrics;           // where Prometheus may scrape, if anywhere
    std::filesystem::path query_log;           // empty: none
    std::vector<std::filesystem::path> keys;   // files of TSIG keys
    std::vector<AddressPrefix> require_key;    // clients that must sign their questions
    std::vector<AddressPrefix> allow;          // clients that may ask; none: everyone
    std::vector<AddressPrefix> deny;           // clients that may not, even if allowed
    // Clients that may use each view, among those that may ask; nothing: everyone.
    std::array<std::optional<std::vector<AddressPrefix>>, right_count> views;
    std::vector<AddressPrefix> whois;  // clients that may see records of type WHOIS
    // Per client network, over all threads; 0: no limit.
    std::uint32_t rate_limit{};  // answers a second over UDP
    std::uint32_t rate_limit_slip{};
    std::vector<AddressPrefix> rate_limit_exempt;
    std::uint64_t work_limit{};  // units of work a second for deferred questions
};

struct TlsSettings {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

struct ImportSettings {
    std::uint32_t batch{};  // observations merged in one transaction
    Counts counts{};
    Trust trust{};
    std::vector<AddressPrefix> resolvers;  // of captures and logs: believed in all zones
    std::vector<AddressPrefix> mirrors;    // of captures: devices that send the packets here
    std::vector<DnstapType> dnstap_types;
    // Patterns of records (conf/record_pattern.hpp), or absolute paths of files of them.
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    std::uint32_t new_children{};  // of one parent; 0: no limit
};

struct ListenSettings {
    std::vector<DnstapPlace> dnstap;
    std::uint32_t senders{};              // at once
    std::uint32_t window{};               // seconds, and
    std::uint32_t window_observations{};  // that a crash may lose
};

struct Settings {
    StoreSettings store;
    ResponderSettings responder;
    TlsSettings tls;
    HttpSettings http;
    ImportSettings import;
    ListenSettings listen;
    std::filesystem::path public_file;  // that they were read from, if every user can read it
};

inline constexpr std::string_view default_settings_file = "/etc/dnshist/dnshist.toml";

Settings default_settings();

// Reads `file`. With nothing given, the default file where there is one, else the defaults.
Result<Settings> read_settings(const std::optional<std::filesystem::path>& file);

// The same from text; `origin` names it in problems ("dnshist.toml:7: unknown key
// 'responder.tls'").
Result<Settings> settings_from_text(std::string_view text, std::string_view origin);

}  // namespace dnshist::conf
