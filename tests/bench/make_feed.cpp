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

namespace {

constexpr std::uint64_t records_per_domain = 8;

// SplitMix64: one good 64-bit value for each (domain, purpose).
std::uint64_t hash(std::uint64_t domain, std::uint64_t purpose) {
    std::uint64_t x = domain * 0x9e3779b97f4a7c15U + purpose * 0xd1b54a32d192ed03U + 1;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

template <std::size_t Size>
std::string_view choose(const std::array<std::string_view, Size>& from, std::uint64_t value) {
    return from[value % Size];
}

constexpr std::array<std::string_view, 64> syllables = {
    "ba", "be", "bi", "bo", "ca", "ce", "co", "cu", "da", "de", "di", "do", "fa", "fi", "fo", "ga",
    "go", "ha", "he", "in", "is", "jo", "ka", "ke", "ki", "ko", "la", "le", "li", "lo", "lu", "ma",
    "me", "mi", "mo", "na", "ne", "ni", "no", "nu", "or", "pa", "pe", "pi", "po", "ra", "re", "ri",
    "ro", "sa", "se", "si", "so", "ta", "te", "ti", "to", "tu", "va", "ve", "vi", "wa", "ze", "zo"};
constexpr std::array<std::string_view, 16> endings = {"com",   "com",  "com", "com",   "com", "net",
                                                      "org",   "de",   "nl",  "fr",    "it",  "eu",
                                                      "co.uk", "info", "io",  "com.br"};
constexpr std::array<std::string_view, 8> hosts = {"mail", "api", "blog",    "shop",
                                                   "dev",  "vpn", "webmail", "cdn"};
constexpr std::array<std::string_view, 4> services = {
    "google-site-verification=", "MS=ms",
    "facebook-domain-verification=", "apple-domain-verification="};

// A name for each domain below 2^30, no two the same: an odd factor only changes the order.
std::string domain_name(std::uint64_t domain) {
    std::uint64_t value = (domain * 0x2545f491U + 12345) & 0x3fffffffU;
    std::string name;
    for (int i = 0; i < 5; ++i, value >>= 6)
        name += syllables[value & 63];
    name += '.';
    name += choose(endings, hash(domain, 1));
    return name;
}

// Few providers have most of the domains.
std::uint64_t provider(std::uint64_t domain, std::uint64_t purpose) {
    const std::uint64_t value = hash(domain, purpose);
    const std::uint64_t size = value % 10 < 6 ? 20 : 5000;
    return (value >> 8) % size;
}

std::string provider_name(std::uint64_t number) {
    return domain_name((std::uint64_t{1} << 29) + number);
}

// Hosts of the large are many to an address.
std::string address(std::uint64_t domain, std::uint64_t purpose) {
    const std::uint64_t value = hash(domain, purpose);
    const std::uint64_t number = value % 10 < 5 ? value >> 8 & 0xffff : value >> 8 & 0xffffff;
    return std::to_string(20 + (number >> 16) % 180) + '.' + std::to_string(number >> 8 & 255) +
           '.' + std::to_string(number & 255) + '.' + std::to_string(1 + (value >> 40) % 254);
}

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
    constexpr std::uint64_t earliest = 1'388'534'400;  // 2014
    constexpr std::uint64_t ten_years = 315'360'000;
    const Record data = record(domain, kind);
    const std::uint64_t first = earliest + hash(domain, 10 + kind) % ten_years;
    const std::uint64_t last = first + hash(domain, 20 + kind) % (earliest + ten_years - first + 1);
    const std::uint64_t count = 1 + hash(domain, 30 + kind) % (1U << (hash(domain, 40) % 16));
    return "{\"count\":" + std::to_string(count) + ",\"time_first\":" + std::to_string(first) +
           ",\"time_last\":" + std::to_string(last) + ",\"rrname\":\"" + data.owner +
           ".\",\"rrtype\":\"" + std::string(data.type) + "\",\"rdata\":\"" + data.rdata + "\"}\n";
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
