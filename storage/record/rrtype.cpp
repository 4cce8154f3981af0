#include "storage/record/rrtype.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "storage/base/octets.hpp"
#include "storage/text/number.hpp"

namespace dnshist {

namespace {

struct RegisteredType {
    std::string_view text;
    std::uint16_t number;
};

// IANA's registry "Resource Record (RR) TYPEs", by number, and a type of ours.
constexpr std::array registry = std::to_array<RegisteredType>({
    {"A", 1},           {"NS", 2},        {"MD", 3},        {"MF", 4},       {"CNAME", 5},
    {"SOA", 6},         {"MB", 7},        {"MG", 8},        {"MR", 9},       {"NULL", 10},
    {"WKS", 11},        {"PTR", 12},      {"HINFO", 13},    {"MINFO", 14},   {"MX", 15},
    {"TXT", 16},        {"RP", 17},       {"AFSDB", 18},    {"X25", 19},     {"ISDN", 20},
    {"RT", 21},         {"NSAP", 22},     {"NSAP-PTR", 23}, {"SIG", 24},     {"KEY", 25},
    {"PX", 26},         {"GPOS", 27},     {"AAAA", 28},     {"LOC", 29},     {"NXT", 30},
    {"EID", 31},        {"NIMLOC", 32},   {"SRV", 33},      {"ATMA", 34},    {"NAPTR", 35},
    {"KX", 36},         {"CERT", 37},     {"A6", 38},       {"DNAME", 39},   {"SINK", 40},
    {"OPT", 41},        {"APL", 42},      {"DS", 43},       {"SSHFP", 44},   {"IPSECKEY", 45},
    {"RRSIG", 46},      {"NSEC", 47},     {"DNSKEY", 48},   {"DHCID", 49},   {"NSEC3", 50},
    {"NSEC3PARAM", 51}, {"TLSA", 52},     {"SMIMEA", 53},   {"HIP", 55},     {"NINFO", 56},
    {"RKEY", 57},       {"TALINK", 58},   {"CDS", 59},      {"CDNSKEY", 60}, {"OPENPGPKEY", 61},
    {"CSYNC", 62},      {"ZONEMD", 63},   {"SVCB", 64},     {"HTTPS", 65},   {"DSYNC", 66},
    {"HHIT", 67},       {"BRID", 68},     {"SPF", 99},      {"UINFO", 100},  {"UID", 101},
    {"GID", 102},       {"UNSPEC", 103},  {"NID", 104},     {"L32", 105},    {"L64", 106},
    {"LP", 107},        {"EUI48", 108},   {"EUI64", 109},   {"NXNAME", 128}, {"TKEY", 249},
    {"TSIG", 250},      {"IXFR", 251},    {"AXFR", 252},    {"MAILB", 253},  {"MAILA", 254},
    {"ANY", 255},       {"URI", 256},     {"CAA", 257},     {"AVC", 258},    {"DOA", 259},
    {"AMTRELAY", 260},  {"RESINFO", 261}, {"WALLET", 262},  {"CLA", 263},    {"IPN", 264},
    {"TA", 32768},      {"DLV", 32769},   {"WHOIS", 65300},
});

constexpr std::size_t longest_mnemonic = 10;

// In upper case, padded with zeros.
using Spelling = std::array<char, 16>;

constexpr char to_upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

constexpr Spelling spelling_of(std::string_view text) noexcept {
    Spelling spelling{};
    std::ranges::transform(text, spelling.begin(), to_upper);
    return spelling;
}

// A hash table of the registry by mnemonic, for reading: indexes into the registry from 1 on, 0 for
// an empty slot. Collisions go to the next slot (linear probing).
constexpr std::size_t slots = 256;
static_assert(registry.size() < slots / 2);

constexpr std::size_t slot_of(const Spelling& spelling) noexcept {
    const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(spelling);
    return (words[0] + words[1]) * 0x9e3779b97f4a7c15 >> 56;
}

constexpr auto by_spelling = [] {
    std::array<std::uint8_t, slots> places{};
    for (std::size_t i = 0; i < registry.size(); ++i) {
        std::size_t slot = slot_of(spelling_of(registry[i].text));
        while (places[slot] != 0)
            slot = (slot + 1) % slots;
        places[slot] = static_cast<std::uint8_t>(i + 1);
    }
    return places;
}();

// The low numbers, which are nearly all of the registry, by number, for writing.
constexpr auto by_number = [] {
    std::array<std::string_view, 265> names{};
    for (const RegisteredType& known : registry) {
        if (known.number < names.size()) names[known.number] = known.text;
    }
    return names;
}();

// From a text in upper case: TYPE and a decimal number of 16 bits without leading zeros.
std::optional<Rrtype> unknown_type(std::string_view text) noexcept {
    if (!text.starts_with("TYPE")) return std::nullopt;
    const std::string_view digits = text.substr(4);
    if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
    const auto value = number_from_text<std::uint16_t>(digits);
    return value ? std::optional(Rrtype{*value}) : std::nullopt;
}

}  // namespace

std::optional<Rrtype> rrtype_from_text(std::string_view text) noexcept {
    if (text.empty() || text.size() > longest_mnemonic) return std::nullopt;
    const Spelling spelling = spelling_of(text);
    const std::string_view upper(spelling.data(), text.size());
    for (std::size_t slot = slot_of(spelling); by_spelling[slot] != 0; slot = (slot + 1) % slots) {
        const RegisteredType& known = registry[by_spelling[slot] - 1U];
        if (known.text == upper) return Rrtype{known.number};
    }
    return unknown_type(upper);
}

void write_rrtype(TextWriter& out, Rrtype type) noexcept {
    const std::uint16_t value = number(type);
    if (value < by_number.size() && !by_number[value].empty()) return out.put(by_number[value]);
    for (const RegisteredType& high : std::span(registry).last<3>()) {
        if (high.number == value) return out.put(high.text);
    }
    out.put("TYPE");
    out.put_decimal(value);
}

std::string rrtype_text(Rrtype type) {
    std::array<char, longest_mnemonic> room;
    TextWriter out(room);
    write_rrtype(out, type);
    return std::string(out.text());
}

}  // namespace dnshist
