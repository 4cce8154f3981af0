#include "responder/policy/rate_limit.hpp"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace dnshist::responder {

namespace {

// Octets of the address that are the network's: /24 and /56.
constexpr std::size_t ipv4_network = 3;
constexpr std::size_t ipv6_network = 7;

}  // namespace

RateLimiter::RateLimiter(const SipHashKey& secret) : secret_(secret), sets_(set_count) {}

std::uint64_t RateLimiter::hash(const Client& client, bool proven) const noexcept {
    const bool ipv4 = client.is_ipv4();
    std::array<std::uint8_t, 1 + ipv6_network> network{
        static_cast<std::uint8_t>((ipv4 ? 4 : 6) + (proven ? 1 : 0))};
    std::ranges::copy(client.ip().first(ipv4 ? ipv4_network : ipv6_network), network.begin() + 1);
    std::array<std::uint8_t, crypto_shorthash_BYTES> hashed;
    crypto_shorthash(hashed.data(), network.data(), network.size(), secret_.data());
    return std::max<std::uint64_t>(std::bit_cast<std::uint64_t>(hashed), 1);
}

std::size_t RateLimiter::set_of(const Client& client) const noexcept {
    return hash(client, false) % set_count;
}

// Adds what has come in since it was filled last; one second's rate is all that it holds.
void RateLimiter::fill(Bucket& bucket, const RateLimits& limits, Time now) noexcept {
    const auto time = static_cast<std::uint32_t>(now.count());
    const double seconds = (time - bucket.filled) / 1000.0 / limits.workers;
    bucket.filled = time;
    const double answers = bucket.answers + seconds * limits.answers;
    bucket.answers = std::min<double>(answers, limits.answers);
    const auto rate = static_cast<double>(limits.work);
    bucket.work = std::min(bucket.work + seconds * rate, rate);
}

// 1 for a client that has had nothing for a second; the less, the nearer it is to a limit.
double RateLimiter::standing(const Bucket& bucket, const RateLimits& limits) noexcept {
    double part = 1;
    if (limits.answers != 0) part = std::min(part, bucket.answers / limits.answers);
    if (limits.work != 0) part = std::min(part, bucket.work / static_cast<double>(limits.work));
    return part;
}

// A new network takes the bucket of the one that is furthest from a limit: a flood of forged
// addresses does not free those that are limited.
RateLimiter::Bucket& RateLimiter::find(const Client& client, const RateLimits& limits, bool proven,
                                       Time now) noexcept {
    constexpr double free = 2;  // better than any that is taken
    const std::uint64_t network = hash(client, proven);
    Set& set = sets_[network % set_count];
    Bucket* best = set.data();
    double best_standing = std::numeric_limits<double>::lowest();
    for (Bucket& bucket : set) {
        if (bucket.network == network) {
            fill(bucket, limits, now);
            return bucket;
        }
        fill(bucket, limits, now);
        const double its = bucket.network == 0 ? free : standing(bucket, limits);
        if (its > best_standing) {
            best = &bucket;
            best_standing = its;
        }
    }
    *best = {network, static_cast<std::uint32_t>(now.count()), 0, static_cast<double>(limits.work),
             static_cast<double>(limits.answers)};
    return *best;
}

RateLimiter::Verdict RateLimiter::judge(const Client& client, const RateLimits& limits, bool proven,
                                        Time now) noexcept {
    if (limits.answers == 0 || proven || limits.exempt.has(client.address)) return Verdict::answer;
    Bucket& bucket = find(client, limits, false, now);
    if (bucket.answers >= 1) {
        bucket.answers -= 1;
        return Verdict::answer;
    }
    ++bucket.limited;
    return limits.slip != 0 && bucket.limited % limits.slip == 0 ? Verdict::slip : Verdict::drop;
}

bool RateLimiter::may_work(const Client& client, const RateLimits& limits, bool proven,
                           Time now) noexcept {
    if (limits.work == 0 || limits.exempt.has(client.address)) return true;
    return find(client, limits, proven, now).work > 0;
}

void RateLimiter::charge_work(const Client& client, const RateLimits& limits, bool proven,
                              std::int64_t units, Time now) noexcept {
    if (limits.work == 0 || limits.exempt.has(client.address)) return;
    find(client, limits, proven, now).work -= static_cast<double>(units);
}

}  // namespace dnshist::responder
