// The section http: what is served over HTTP, and to which users.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/endpoint.hpp"
#include "storage/base/key_hash.hpp"
#include "storage/query/query.hpp"
#include "storage/text/address_prefix.hpp"

namespace dnshist::conf {

struct HttpUserSettings {
    std::string name;
    KeyHash key{};
    std::vector<View> views;  // that the user may use
    bool whois = false;       // whether the user may see records of type WHOIS
};

struct HttpSettings {
    std::vector<Endpoint> listen;      // without TLS: loopback alone
    std::vector<Endpoint> listen_tls;  // within TLS
    std::vector<std::string> names;    // of this server, in lower case
    std::string origin;                // of the records, a URI; empty: not told
    std::vector<AddressPrefix> trusted_proxies;
    std::vector<HttpUserSettings> users;
};

// One at which only this machine can connect.
Result<Endpoint> loopback_endpoint_from_text(std::string_view text);
// A host name or an address, without a port; in lower case, without a final dot.
std::optional<std::string> host_from_text(std::string_view text);
// A URI (RFC 3986), or nothing at all.
std::optional<std::string> origin_from_text(std::string_view text);
// "sha256:" and 64 hexadecimal digits.
std::optional<KeyHash> key_hash_from_text(std::string_view text);

}  // namespace dnshist::conf
