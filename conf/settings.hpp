// The configuration file that both programs read: TOML, every key with a default, an unknown key or
// a value of the wrong kind an error that names its line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/result.hpp"
#include "storage/text/address_prefix.hpp"

namespace dnshist::conf {

// An address and port to listen at: "127.0.0.1@5300", "::1@5300"; port 0 takes a free one.
struct Endpoint {
    std::string address;  // numeric, IPv4 or IPv6
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};
Result<Endpoint> endpoint_from_text(std::string_view text);
std::string endpoint_text(const Endpoint& endpoint);

// Where dnstap is taken: at a Unix socket ("unix:/run/dnshist/dnstap.sock"), or over TCP
// ("127.0.0.1@6000").
struct DnstapPlace {
    std::filesystem::path path;  // absolute; empty: over TCP
    Endpoint endpoint;

    friend bool operator==(const DnstapPlace&, const DnstapPlace&) = default;
};
Result<DnstapPlace> dnstap_place_from_text(std::string_view text);
std::string dnstap_place_text(const DnstapPlace& place);

struct Settings {
    struct Store {
        std::filesystem::path directory = "/var/lib/dnshist";
        std::uint32_t gap = 30 * 86400;  // seconds; of a store that is made anew
    } store;
    struct Serve {
        std::vector<Endpoint> listen = {{"127.0.0.1", 5300}, {"::1", 5300}};
        std::vector<std::string> zones = {"pdns.local."};
        std::uint32_t threads = 0;  // 0: one a processor
        std::uint32_t ttl = 300;
        std::uint32_t negative_ttl = 60;
        std::uint64_t scan_limit = 100'000;
        std::uint16_t udp_payload = 1232;
        std::uint32_t tcp_clients = 1000;             // connections at once, over all threads
        std::uint32_t tcp_clients_per_address = 250;  // of them
        std::uint32_t tcp_idle_timeout = 10;          // seconds
        std::string identity;                         // NSID and id.server; empty: not told
        bool chaos = true;                            // whether class CH is answered
        bool cookies = true;
        std::vector<std::string> cookie_secrets;  // 32 hexadecimal digits; none: a random one
        std::optional<Endpoint> metrics;          // where Prometheus may scrape, if anywhere
        std::filesystem::path query_log;          // empty: none
        std::vector<std::filesystem::path> keys;  // files of TSIG keys
        std::vector<AddressPrefix> require_key;   // from where questions must be signed
        std::vector<AddressPrefix> allow;         // who may ask; none: everyone
        std::vector<AddressPrefix> deny;          // who may not, even if allowed
        // Who may use a view, of those who may ask; not said: everyone.
        struct Views {
            std::optional<std::vector<AddressPrefix>> history;
            std::optional<std::vector<AddressPrefix>> pivot;
            std::optional<std::vector<AddressPrefix>> names;
            std::optional<std::vector<AddressPrefix>> summary;
            std::optional<std::vector<AddressPrefix>> changes;
            std::optional<std::vector<AddressPrefix>> at;
        } views;
        // Of a client's network, all threads together; 0: no limit.
        std::uint32_t rate_limit = 0;  // answers a second over UDP
        std::uint32_t rate_limit_slip = 2;
        std::vector<AddressPrefix> rate_limit_exempt;
        std::uint64_t work_limit = 0;  // units of work a second in the slow lane
    } responder;
    struct Import {
        std::uint32_t batch = 1'000'000;  // observations merged in one transaction
        std::string counts = "add";       // add, or max
        std::string trust = "bailiwick";  // what of a response is believed; or all
        std::vector<std::string> dnstap_types = {"resolver"};
        // Patterns of records (storage/record/record_pattern.hpp), or absolute paths of files of
        // them.
        std::vector<std::string> include;
        std::vector<std::string> exclude;
        std::uint32_t new_children = 0;  // of one parent; 0: no limit
    } import;
    struct Listen {
        std::vector<DnstapPlace> dnstap = {{"/run/dnshist/dnstap.sock", {}}};
        std::uint32_t senders = 64;                   // at once
        std::uint32_t window = 10;                    // seconds, and
        std::uint32_t window_observations = 100'000;  // that a crash may lose
    } listen;
};

inline constexpr std::string_view default_settings_file = "/etc/dnshist/dnshist.toml";

// Reads `file`. With nothing given, the default file where there is one, else the defaults.
Result<Settings> read_settings(const std::optional<std::filesystem::path>& file);

// The same from text; `origin` names it in problems ("dnshist.toml:7: unknown key
// 'responder.tls'").
Result<Settings> settings_from_text(std::string_view text, std::string_view origin);

}  // namespace dnshist::conf
