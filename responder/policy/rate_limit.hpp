// How much a client may have: of answers over UDP, and of work that holds others up.
//
// Over UDP a client's address may be forged, and a forger has us send answers to somebody
// else. So the answers for each network are limited (response rate limiting, as BIND, NSD and Knot
// DNS have it): those above the limit are dropped, but for every so many, which is sent empty and
// truncated. It is hardly longer than its question (by a cookie at most), and a real client then
// asks over TCP, where nobody can forge, or with that cookie.
//
// The work of deferred questions is limited for each network as well, over UDP
// and TCP: what is above is answered with little work (Budget::cut), so that costly questions are
// limited long before cheap ones are.
//
// Both are token buckets, in a table of fixed size for each worker. The secret keeps anybody from
// choosing networks that meet in the table. Time is passed in, from a clock that is never set back.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "responder/message/client.hpp"
#include "responder/policy/address_set.hpp"
#include "responder/policy/siphash_key.hpp"

namespace dnshist::responder {

// As the configuration says. A client is the network it is in: a /24 of IPv4, a /56 of IPv6.
struct RateLimits {
    std::uint32_t answers = 0;  // over UDP, a second; 0: no limit
    std::uint32_t slip = 2;     // every so many answers above the limit is sent truncated; 0: none
    std::uint64_t work = 0;     // units of WorkBudget a second for deferred questions; 0: no limit
    AddressSet exempt;          // clients without a limit
    // Each has a table of its own and an equal share of the rates; one second's rate at once is
    // allowed by each.
    unsigned workers = 1;

    bool any() const noexcept { return answers != 0 || work != 0; }
};

class RateLimiter {
  public:
    using Time = std::chrono::milliseconds;

    explicit RateLimiter(const SipHashKey& secret = random_siphash_key());

    enum class Verdict : std::uint8_t { answer, slip, drop };
    // Decides about one more question. `proven`: the client has shown that its address is its own
    // (over TCP, or by a valid DNS cookie), and so needs no limit.
    Verdict judge(const Client& client, const RateLimits& limits, bool proven, Time now) noexcept;

    // Whether the client may have work done that others wait for. It may while anything is left,
    // and the next time when the debt is paid. Those who have proven their address have a bucket of
    // their own: nobody runs up their debt with it.
    bool may_work(const Client& client, const RateLimits& limits, bool proven, Time now) noexcept;
    // Negative units are given back.
    void charge_work(const Client& client, const RateLimits& limits, bool proven,
                     std::int64_t units, Time now) noexcept;

    // For tests: networks that meet in the table have the same, and share so many buckets.
    std::size_t set_of(const Client& client) const noexcept;
    static constexpr std::size_t buckets_in_set = 4;

  private:
    struct Bucket {
        std::uint64_t network = 0;  // its hash; 0: free
        std::uint32_t filled = 0;   // when: milliseconds, and the upper bits lost
        std::uint32_t limited = 0;  // questions above the limit so far
        double work = 0;            // units left; below zero it is a debt
        double answers = 0;         // left
    };
    using Set = std::array<Bucket, buckets_in_set>;
    static constexpr std::size_t set_count = std::size_t{1} << 13;  // 1 MiB

    static void fill(Bucket& bucket, const RateLimits& limits, Time now) noexcept;
    static double standing(const Bucket& bucket, const RateLimits& limits) noexcept;
    std::uint64_t hash(const Client& client, bool proven) const noexcept;
    Bucket& find(const Client& client, const RateLimits& limits, bool proven, Time now) noexcept;

    SipHashKey secret_;
    std::vector<Set> sets_;
};

}  // namespace dnshist::responder
