// Prints a feed of N distinct records as COF (NDJSON), always the same for one N: material for
// benchmarks.
//
//     make_feed RECORDS
//
// A domain has eight records: its address, www, two NS, an MX, an SPF, a further host, a token that
// some service wanted to see. Those of one domain lie far apart, as in a feed that came in over
// time. Names are made of syllables, hosting is shared as it is in the world, and every number
// comes from a hash of the domain's.
#include <array>
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

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t records = 0;
    const std::string_view given = argc == 2 ? argv[1] : "";
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), records);
    if (error != std::errc{} || end != given.data() + given.size() || records == 0) {
        std::fputs("usage: make_feed RECORDS\n", stderr);
        return 2;
    }
    const std::uint64_t domains = (records + records_per_domain - 1) / records_per_domain;
    for (std::uint64_t i = 0; i < records; ++i) {
        const std::string text = line(i % domains, i / domains);
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return 1;
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
