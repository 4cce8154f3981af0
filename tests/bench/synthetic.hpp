// Realistic and reproducible names, addresses and times for benchmarks.
//
// Names are made of syllables, providers share domains as on the Internet, and all numbers come
// from a hash of the domain number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dnshist::bench {

// SplitMix64: one good 64-bit value for each (domain, purpose).
inline std::uint64_t hash(std::uint64_t domain, std::uint64_t purpose) {
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
// A distinct name for each domain below 2^30: multiplication by an odd factor is a bijection.
inline std::string domain_name(std::uint64_t domain) {
    std::uint64_t value = (domain * 0x2545f491U + 12345) & 0x3fffffffU;
    std::string name;
    for (int i = 0; i < 5; ++i, value >>= 6)
        name += syllables[value & 63];
    name += '.';
    name += choose(endings, hash(domain, 1));
    return name;
}

// A few providers host most domains.
inline std::uint64_t provider(std::uint64_t domain, std::uint64_t purpose) {
    const std::uint64_t value = hash(domain, purpose);
    const std::uint64_t size = value % 10 < 6 ? 20 : 5000;
    return (value >> 8) % size;
}

inline std::string provider_name(std::uint64_t number) {
    return domain_name((std::uint64_t{1} << 29) + number);
}

// Large providers have many hosts per address.
inline std::string address(std::uint64_t domain, std::uint64_t purpose) {
    const std::uint64_t value = hash(domain, purpose);
    const std::uint64_t number = value % 10 < 5 ? value >> 8 & 0xffff : value >> 8 & 0xffffff;
    return std::to_string(20 + (number >> 16) % 180) + '.' + std::to_string(number >> 8 & 255) +
           '.' + std::to_string(number & 255) + '.' + std::to_string(1 + (value >> 40) % 254);
}

// First and last time of a record, and its count.
struct Sight {
    std::uint64_t first;
    std::uint64_t last;
    std::uint64_t count;
};

inline Sight sight(std::uint64_t domain, std::uint64_t kind) {
    constexpr std::uint64_t earliest = 1'388'534'400;  // 2014
    constexpr std::uint64_t ten_years = 315'360'000;
    const std::uint64_t first = earliest + hash(domain, 10 + kind) % ten_years;
    return {first, first + hash(domain, 20 + kind) % (earliest + ten_years - first + 1),
            1 + hash(domain, 30 + kind) % (1U << (hash(domain, 40) % 16))};
}

// An observation as a line of COF; `rdata` is JSON.
inline std::string cof_line(const Sight& sight, const std::string& owner, std::string_view type,
                            const std::string& rdata) {
    return "{\"count\":" + std::to_string(sight.count) +
           ",\"time_first\":" + std::to_string(sight.first) +
           ",\"time_last\":" + std::to_string(sight.last) + ",\"rrname\":\"" + owner +
           ".\",\"rrtype\":\"" + std::string(type) + "\",\"rdata\":\"" + rdata + "\"}\n";
}

// The `i`-th question, in the format of dnsperf, for the A or MX records of domains 0 .. domains-1;
// one in ten is for a domain beyond them.
inline std::string history_question(std::uint64_t i, std::uint64_t domains) {
    const std::uint64_t domain = hash(i, 200) % domains;
    const bool never_seen = hash(i, 202) % 10 == 0;
    return (hash(i, 201) % 2 == 0 ? "a" : "mx") +
           (".history." + domain_name(never_seen ? domains + domain : domain)) +
           ".pdns.local. TXT\n";
}

}  // namespace dnshist::bench
