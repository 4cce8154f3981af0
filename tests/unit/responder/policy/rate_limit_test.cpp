#include "responder/policy/rate_limit.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(rate_limit_test)

namespace {

using Time = RateLimiter::Time;
using Verdict = RateLimiter::Verdict;
using namespace std::chrono_literals;

constexpr SipHashKey secret{1, 2, 3};
constexpr Time start = 1'000'000s;

Client client(std::string_view address) {
    return {Transport::udp, address_prefix_from_text(address).value().address};
}

RateLimits limits_of(std::uint32_t answers, std::uint32_t slip = 2, std::uint64_t work = 0) {
    RateLimits limits;
    limits.answers = answers;
    limits.slip = slip;
    limits.work = work;
    return limits;
}

// The verdicts on `count` questions at a time: A, S or D for each.
std::string flood(RateLimiter& limiter, std::string_view from, const RateLimits& limits, Time now,
                  int count) {
    std::string verdicts;
    for (int i = 0; i < count; ++i) {
        switch (limiter.judge(client(from), limits, false, now)) {
            case Verdict::answer:
                verdicts += 'A';
                break;
            case Verdict::slip:
                verdicts += 'S';
                break;
            case Verdict::drop:
                verdicts += 'D';
        }
    }
    return verdicts;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_limit_is_no_limit) {
    RateLimiter limiter(secret);
    BOOST_TEST(!RateLimits().any());
    BOOST_TEST(flood(limiter, "192.0.2.1", RateLimits(), start, 1000) == std::string(1000, 'A'));
    BOOST_TEST(limiter.may_work(client("192.0.2.1"), RateLimits(), false, start));
}

BOOST_AUTO_TEST_CASE(a_second_has_so_many_answers) {
    RateLimiter limiter(secret);
    const RateLimits limits = limits_of(5);
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start, 9) == "AAAAADSDS");
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start + 199ms, 1) == "D");
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start + 201ms, 2) == "AS");
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start + 1201ms, 6) == "AAAAAD");
    // Unused answers are not saved up.
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start + 1h, 6) == "AAAAAS");
}

BOOST_AUTO_TEST_CASE(a_steady_client_below_the_limit_is_never_limited) {
    RateLimiter limiter(secret);
    const RateLimits limits = limits_of(10);
    for (Time now = start; now < start + 60s; now += 100ms)
        BOOST_REQUIRE(flood(limiter, "192.0.2.1", limits, now, 1) == "A");
}

BOOST_AUTO_TEST_CASE(every_so_many_slip) {
    for (const auto& [slip, verdicts] : {std::pair{0U, "ADDDDDD"}, std::pair{1U, "ASSSSSS"},
                                         std::pair{2U, "ADSDSDS"}, std::pair{3U, "ADDSDDS"}}) {
        RateLimiter limiter(secret);
        BOOST_TEST(flood(limiter, "192.0.2.1", limits_of(1, slip), start, 7) == verdicts);
    }
}

BOOST_AUTO_TEST_CASE(a_network_has_one_limit) {
    RateLimiter limiter(secret);
    const RateLimits limits = limits_of(1, 0);
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start, 1) == "A");
    BOOST_TEST(flood(limiter, "192.0.2.255", limits, start, 1) == "D");
    BOOST_TEST(flood(limiter, "192.0.3.0", limits, start, 1) == "A");
    BOOST_TEST(flood(limiter, "2001:db8:0:100::1", limits, start, 1) == "A");
    BOOST_TEST(flood(limiter, "2001:db8:0:1ff::2", limits, start, 1) == "D");
    BOOST_TEST(flood(limiter, "2001:db8:0:200::1", limits, start, 1) == "A");
    // 192.0.2.0/24 as octets of IPv6 is another network.
    BOOST_TEST(flood(limiter, "c000:0200::1", limits, start, 1) == "A");
}

BOOST_AUTO_TEST_CASE(who_is_exempt_or_has_proven_its_address_is_not_limited) {
    RateLimiter limiter(secret);
    RateLimits limits = limits_of(1, 0, 10);
    const std::vector<AddressPrefix> exempt{address_prefix_from_text("192.0.2.8/29").value()};
    limits.exempt = AddressSet(exempt);
    BOOST_TEST(flood(limiter, "192.0.2.7", limits, start, 2) == "AD");
    BOOST_TEST(flood(limiter, "192.0.2.8", limits, start, 9) == "AAAAAAAAA");
    for (int i = 0; i < 9; ++i) {
        BOOST_TEST((limiter.judge(client("192.0.2.7"), limits, true, start) == Verdict::answer));
    }
    limiter.charge_work(client("192.0.2.8"), limits, false, 1000, start);
    BOOST_TEST(limiter.may_work(client("192.0.2.8"), limits, false, start));
    BOOST_TEST(limiter.may_work(client("192.0.2.7"), limits, false, start));
}

BOOST_AUTO_TEST_CASE(workers_share_the_rate) {
    RateLimits limits = limits_of(4, 0);
    limits.workers = 4;
    RateLimiter limiter(secret);
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start, 5) == "AAAAD");
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start + 2s, 3) == "AAD");
}

BOOST_AUTO_TEST_CASE(work_is_a_debt_until_it_is_paid) {
    RateLimiter limiter(secret);
    const RateLimits limits = limits_of(0, 2, 1000);
    const Client who = client("192.0.2.1");
    BOOST_TEST(limiter.may_work(who, limits, false, start));
    // However much is left, one question may cost more than that.
    limiter.charge_work(who, limits, false, 3500, start);
    BOOST_TEST(!limiter.may_work(who, limits, false, start));
    BOOST_TEST(!limiter.may_work(client("192.0.2.200"), limits, false, start));
    BOOST_TEST(limiter.may_work(client("192.0.3.1"), limits, false, start));
    // Nobody runs up the debt of those who have proven their address, whoever it is that forges it.
    BOOST_TEST(limiter.may_work(who, limits, true, start));
    BOOST_TEST(!limiter.may_work(who, limits, false, start + 2500ms));
    BOOST_TEST(limiter.may_work(who, limits, false, start + 2501ms));
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start, 100) == std::string(100, 'A'));
}

BOOST_AUTO_TEST_CASE(a_new_limit_counts_from_then_on) {
    RateLimiter limiter(secret);
    BOOST_TEST(flood(limiter, "192.0.2.1", limits_of(100), start, 100) == std::string(100, 'A'));
    BOOST_TEST(flood(limiter, "192.0.2.1", limits_of(2, 0), start + 10s, 3) == "AAD");
    BOOST_TEST(flood(limiter, "192.0.2.1", limits_of(4, 0), start + 11s, 5) == "AAAAD");
}

// The buckets of a full set go to the newest networks one after another, but never that of the
// network that is limited.
BOOST_AUTO_TEST_CASE(a_flood_of_networks_does_not_let_go_the_limited) {
    RateLimiter limiter(secret);
    const RateLimits limits = limits_of(10, 0);
    const Client limited = client("192.0.2.1");
    const std::size_t set = limiter.set_of(limited);
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start, 11) == "AAAAAAAAAAD");
    int met = 0;
    for (int network = 0; network < 1 << 18; ++network) {
        const std::string other = std::to_string(network >> 16 | 16) + "." +
                                  std::to_string(network >> 8 & 255) + "." +
                                  std::to_string(network & 255) + ".1";
        if (limiter.set_of(client(other)) != set) continue;
        ++met;
        BOOST_REQUIRE(flood(limiter, other, limits, start, 1) == "A");
    }
    BOOST_TEST(met > 2 * static_cast<int>(RateLimiter::buckets_in_set));
    BOOST_TEST(flood(limiter, "192.0.2.1", limits, start, 1) == "D");
}

BOOST_AUTO_TEST_CASE(a_secret_says_who_meets_whom) {
    const RateLimiter one(secret);
    const RateLimiter same(secret);
    const RateLimiter other(random_siphash_key());
    int moved = 0;
    for (int network = 0; network < 256; ++network) {
        const Client who = client("192.0." + std::to_string(network) + ".1");
        BOOST_TEST(one.set_of(who) == same.set_of(who));
        moved += one.set_of(who) != other.set_of(who) ? 1 : 0;
    }
    BOOST_TEST(moved > 200);
    BOOST_TEST((random_siphash_key() != random_siphash_key()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
