// DNS cookies (RFC 7873): a client that shows a cookie of ours is at the address from which it says
// to ask. Made as RFC 9018 has them, so that servers of different makers that answer at one address
// can share their secret.
//
//     cookie := client:octet{8} version:octet reserved:octet{3} time:u32 hash:octet{8}
//     hash   := SipHash-2-4(client version reserved time address, secret)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "responder/message/client.hpp"
#include "responder/policy/siphash_key.hpp"
#include "storage/base/octets.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

using CookieSecret = SipHashKey;

// Client's and server's cookie together.
using Cookie = std::array<std::uint8_t, 24>;

class Cookies {
  public:
    // The first secret makes cookies, all of them are known: to change it, put the new one behind
    // the old one on every server, then before it, then take the old one away. At least one.
    explicit Cookies(std::vector<CookieSecret> secrets) : secrets_(std::move(secrets)) {}

    // `received` is the option's octets, at least 8. Whether we made it for this client less than
    // an hour ago.
    bool are_ours(Octets received, const Client& client, Seconds now) const noexcept;
    // The cookie of the answer: the one that came where it is ours and under half an hour old, else
    // a new one.
    Cookie answer(Octets received, const Client& client, Seconds now) const noexcept;

  private:
    std::vector<CookieSecret> secrets_;
};

}  // namespace dnshist::responder
