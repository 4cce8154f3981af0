// Prints a feed of N distinct records as COF (NDJSON), always the same for one N: material for
// benchmarks.
//
//     make_feed RECORDS [TIMES [FIRST_DOMAIN]]
//
// A domain has eight records: its address, www, two NS, an MX, an SPF, another host, and the
// verification token of a service. Records of one domain are far apart, as in a feed collected over
// time. Names are made of syllables, providers share domains as on the Internet, and all numbers
// come from a hash of the domain number.
//
// With TIMES each record is observed that many times, in a shuffled order: two months of a sensor,
// in which an observation covers up to an hour. TIMES 0 is the plain feed. Domains are numbered
// from FIRST_DOMAIN on; two feeds share the domains whose numbers they share.
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "tests/bench/synthetic.hpp"

using namespace dnshist::bench;

namespace {

constexpr std::uint64_t records_per_domain = 8;

constexpr std::array<std::string_view, 8> hosts = {"mail", "api", "blog",    "shop",
                                                   "dev",  "vpn", "webmail", "cdn"};
constexpr std::array<std::string_view, 4> services = {
    "google-site-verification=", "MS=ms",
    "facebook-domain-verification=", "apple-domain-verification="};

std::string hex(std::uint64_t value) {
    std::array<char, 16> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return {digits.data(), end};
}

struct Record {
    std::string owner;
    std::string_view type;
    std::string rdata;
};

Record record(std::uint64_t domain, std::uint64_t kind) {
    const std::string name = domain_name(domain);
    const std::string host = provider_name(provider(domain, 2));
    switch (kind) {
        case 0:
            return {name, "A", address(domain, 3)};
        case 1:
            return {"www." + name, "CNAME",
                    hash(domain, 4) % 2 == 0 ? name + '.' : "sites." + host + '.'};
        case 2:
            return {name, "NS", "ns1." + host + '.'};
        case 3:
            return {name, "NS", "ns2." + host + '.'};
        case 4:
            return {name, "MX",
                    "10 " + (hash(domain, 5) % 3 == 0 ? "mail." + name : "mx." + host) + '.'};
        case 5:
            return {name, "TXT", "\\\"v=spf1 include:_spf." + host + " -all\\\""};
        case 6:
            return {std::string(choose(hosts, hash(domain, 6))) + '.' + name, "A",
                    address(domain, 7)};
        default:
            return {name, "TXT",
                    "\\\"" + std::string(choose(services, hash(domain, 8))) + hex(hash(domain, 9)) +
                        "\\\""};
    }
}

std::string line(std::uint64_t domain, std::uint64_t kind) {
    const Record data = record(domain, kind);
    return cof_line(sight(domain, kind), data.owner, data.type, data.rdata);
}

// The `i`-th of 0 .. count-1 in a pseudo-random order: a bijection on the next power of two,
// applied until the value is below `count`.
std::uint64_t shuffled(std::uint64_t i, std::uint64_t count) {
    const int bits = std::max(2, static_cast<int>(std::bit_width(count - 1)));
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    do {
        for (const std::uint64_t factor : {0x9e3779b97f4a7c15U, 0xd1b54a32d192ed03U}) {
            i = i * factor & mask;
            i ^= i >> (bits + 1) / 2;
        }
    } while (i >= count);
    return i;
}

std::string seen_again(std::uint64_t domain, std::uint64_t kind, std::uint64_t time) {
    constexpr std::uint64_t begin = 1'719'792'000;  // 2024-07-01
    constexpr std::uint64_t two_months = std::uint64_t{62} * 86'400;
    const Record data = record(domain, kind);
    const std::uint64_t first = begin + hash(domain, 1000 * (1 + kind) + time) % two_months;
    const std::uint64_t value = hash(domain, 1000 * (11 + kind) + time);
    const std::uint64_t sights = 1 + value % 5 * (value >> 8 & 1);
    const std::uint64_t last = sights == 1 ? first : first + (value >> 16) % 3600;
    return cof_line({first, last, sights}, data.owner, data.type, data.rdata);
}

bool read_number(std::string_view text, std::uint64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

int main(int argc, char** argv) {
    std::array<std::uint64_t, 3> given{};
    const auto count = static_cast<std::size_t>(argc - 1);
    bool good = count >= 1 && count <= given.size();
    for (std::size_t i = 0; good && i < count; ++i)
        good = read_number(argv[i + 1], given[i]);
    const auto [records, times, first_domain] = given;
    if (!good || records == 0) {
        std::fputs("usage: make_feed RECORDS [TIMES [FIRST_DOMAIN]]\n", stderr);
        return 2;
    }
    const std::uint64_t domains = (records + records_per_domain - 1) / records_per_domain;
    const std::uint64_t lines = times == 0 ? records : records * times;
    for (std::uint64_t i = 0; i < lines; ++i) {
        const std::uint64_t place = times == 0 ? i : shuffled(i, lines);
        const std::uint64_t domain = first_domain + place % records % domains;
        const std::uint64_t kind = place % records / domains;
        const std::string text =
            times == 0 ? line(domain, kind) : seen_again(domain, kind, place / records);
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return 1;
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
