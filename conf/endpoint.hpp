// Places on the network, as the configuration and the command lines write them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "storage/base/result.hpp"

namespace dnshist::conf {

// An address and port to listen at: "127.0.0.1@5300", "::1@5300"; port 0 takes a free one.
struct Endpoint {
    std::string address;  // numeric, IPv4 or IPv6
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};
Result<Endpoint> endpoint_from_text(std::string_view text);
std::string endpoint_text(const Endpoint& endpoint);
// Whether only this machine can connect there.
bool is_loopback(const Endpoint& endpoint);

// The place where dnstap is taken: a Unix socket ("unix:/run/dnshist/dnstap.sock"), or over TCP
// ("127.0.0.1@6000").
struct DnstapPlace {
    std::filesystem::path path;  // absolute; empty: over TCP
    Endpoint endpoint;

    friend bool operator==(const DnstapPlace&, const DnstapPlace&) = default;
};
Result<DnstapPlace> dnstap_place_from_text(std::string_view text);
std::string dnstap_place_text(const DnstapPlace& place);

}  // namespace dnshist::conf
