// The service as the configuration describes it: made once, shared by all workers, never changed (a
// reload makes a new one).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "responder/policy/access.hpp"
#include "responder/policy/cookies.hpp"
#include "responder/policy/rate_limit.hpp"
#include "responder/tsig/tsig_key.hpp"
#include "storage/record/name.hpp"

namespace dnshist::responder {

struct ServiceConfig {
    std::vector<Name> zones;             // at least one
    std::uint32_t ttl = 300;             // seconds, of lines
    std::uint32_t negative_ttl = 60;     // seconds, of NODATA and NXDOMAIN
    std::uint64_t scan_limit = 100'000;  // records decoded for one question, at most
    std::uint32_t default_limit =
        default_page_limit;            // lines on a page where the question says none
    std::uint16_t udp_payload = 1232;  // octets, ours at most (EDNS)
    std::uint32_t tcp_idle = 10;       // seconds that a TCP connection may be idle
    std::string identity;              // which server this is (NSID, id.server); empty: not told
    bool chaos = true;                 // whether class CH is answered: version and identity
    std::optional<Cookies> cookies;    // none: DNS cookies are not spoken

    std::shared_ptr<const TsigKeys> keys = std::make_shared<TsigKeys>();
    AddressSet require_key;  // from where a question must be signed
    Access access;
    RateLimits limits;
};

}  // namespace dnshist::responder
