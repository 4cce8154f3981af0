// Prints a feed of N distinct records as COF (NDJSON), always the same for one N: material for
// benchmarks.
//
//     make_feed RECORDS [TIMES [FIRST_DOMAIN]]
//     make_feed windows RECORDS OBSERVATIONS [NEW_EACH [FIRST]]
//
// A domain has eight records: its address, www, two NS, an MX, an SPF, another host, and the
// verification token of a service. Records of one domain are far apart, as in a feed collected over
// time. Names are made of syllables, providers share domains as on the Internet, and all numbers
// come from a hash of the domain number.
//
// With TIMES each record is observed that many times, in a shuffled order: two months of a sensor,
// in which an observation covers up to an hour. TIMES 0 is the plain feed. Domains are numbered
// from FIRST_DOMAIN on; two feeds share the domains whose numbers they share.
//
// With `windows` observations of the records of the plain feed, each of any of them: what a busy
// resolver sees again. One in NEW_EACH is of a new record instead (0: none). They are numbered from
// FIRST on.
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

bool print(const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

std::uint64_t domains_of(std::uint64_t records) {
    return (records + records_per_domain - 1) / records_per_domain;
}

bool print_feed(std::uint64_t records, std::uint64_t times, std::uint64_t first_domain) {
    const std::uint64_t domains = domains_of(records);
    const std::uint64_t lines = times == 0 ? records : records * times;
    for (std::uint64_t i = 0; i < lines; ++i) {
        const std::uint64_t place = times == 0 ? i : shuffled(i, lines);
        const std::uint64_t domain = first_domain + place % records % domains;
        const std::uint64_t kind = place % records / domains;
        if (!print(times == 0 ? line(domain, kind) : seen_again(domain, kind, place / records))) {
            return false;
        }
    }
    return true;
}

bool print_windows(std::uint64_t records, std::uint64_t count, std::uint64_t new_each,
                   std::uint64_t first) {
    const std::uint64_t domains = domains_of(records);
    for (std::uint64_t i = first; i < first + count; ++i) {
        const bool is_new = new_each != 0 && i % new_each == 0;
        const std::uint64_t number = is_new ? i / new_each : hash(i, 5000) % records;
        const std::uint64_t domain =
            is_new ? domains + number / records_per_domain : number % domains;
        const std::uint64_t kind = is_new ? number % records_per_domain : number / domains;
        if (!print(seen_again(domain, kind, i))) return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    const bool windows = argc > 1 && std::string_view(argv[1]) == "windows";
    const int begin = windows ? 2 : 1;
    std::array<std::uint64_t, 4> given{};
    const auto count = static_cast<std::size_t>(argc - begin);
    bool good = windows ? count >= 2 && count <= 4 : count >= 1 && count <= 3;
    for (std::size_t i = 0; good && i < count; ++i)
        good = read_number(argv[begin + static_cast<int>(i)], given[i]);
    if (!good || given[0] == 0) {
        std::fputs(
            "usage: make_feed RECORDS [TIMES [FIRST_DOMAIN]]\n"
            "       make_feed windows RECORDS OBSERVATIONS [NEW_EACH [FIRST]]\n",
            stderr);
        return 2;
    }
    const bool done = windows ? print_windows(given[0], given[1], given[2], given[3])
                              : print_feed(given[0], given[1], given[2]);
    return done && std::fflush(stdout) == 0 ? 0 : 1;
}
