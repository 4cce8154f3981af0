#include "responder/policy/cookies.hpp"

#include <sodium.h>

#include <algorithm>

#include "storage/base/octet_buffer.hpp"

namespace dnshist::responder {

namespace {

constexpr std::size_t client_octets = 8;
constexpr std::size_t hashed_octets = 16;  // what of a cookie is before its hash
constexpr std::size_t time_at = 12;

// RFC 9018, section 4.3.
constexpr std::uint32_t good_for = 3600;    // seconds
constexpr std::uint32_t fresh_for = 1800;   // seconds
constexpr std::uint32_t from_future = 300;  // seconds that another server's clock may be ahead

static_assert(crypto_shorthash_BYTES == 8);

// Puts the hash behind the rest of the cookie.
void seal(Cookie& cookie, const Client& client, const CookieSecret& secret) noexcept {
    OctetBuffer<hashed_octets + 16> input(Octets(cookie).first(hashed_octets));
    input.append(client.ip());
    crypto_shorthash(cookie.data() + hashed_octets, input.data(), input.size(), secret.data());
}

// How long ago it was made, by serial number arithmetic (RFC 1982): negative in the future.
std::int32_t age_of(Octets cookie, Seconds now) noexcept {
    const std::uint32_t made = OctetReader(cookie.subspan(time_at)).u32().value_or(0);
    return static_cast<std::int32_t>(now.since_epoch - made);
}

}  // namespace

bool Cookies::are_ours(Octets received, const Client& client, Seconds now) const noexcept {
    Cookie expected;
    if (received.size() != expected.size() || received[client_octets] != 1) return false;
    const std::int32_t age = age_of(received, now);
    if (age > static_cast<std::int32_t>(good_for) ||
        age < -static_cast<std::int32_t>(from_future)) {
        return false;
    }
    std::ranges::copy(received, expected.begin());
    return std::ranges::any_of(secrets_, [&](const CookieSecret& secret) {
        seal(expected, client, secret);
        return sodium_memcmp(expected.data(), received.data(), expected.size()) == 0;
    });
}

Cookie Cookies::answer(Octets received, const Client& client, Seconds now) const noexcept {
    Cookie cookie;
    if (are_ours(received, client, now) &&
        age_of(received, now) <= static_cast<std::int32_t>(fresh_for)) {
        std::ranges::copy(received, cookie.begin());
        return cookie;
    }
    std::uint8_t* out = std::ranges::copy(received.first(client_octets), cookie.data()).out;
    *out++ = 1;
    out = std::fill_n(out, 3, std::uint8_t{0});
    put_u32(out, now.since_epoch);
    seal(cookie, client, secrets_.front());
    return cookie;
}

}  // namespace dnshist::responder
