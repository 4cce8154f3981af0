// Resource record types: numbers and mnemonics (IANA's registry; TYPEnnn after RFC 3597, section
// 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/text_writer.hpp"

namespace dnshist {

// The types that the code names; any 16-bit number is a type.
enum class Rrtype : std::uint16_t {
    A = 1,
    NS = 2,
    MD = 3,
    MF = 4,
    CNAME = 5,
    SOA = 6,
    MB = 7,
    MG = 8,
    MR = 9,
    WKS = 11,
    PTR = 12,
    HINFO = 13,
    MINFO = 14,
    MX = 15,
    TXT = 16,
    RP = 17,
    AFSDB = 18,
    X25 = 19,
    ISDN = 20,
    RT = 21,
    NSAP = 22,
    NSAP_PTR = 23,
    SIG = 24,
    KEY = 25,
    PX = 26,
    GPOS = 27,
    AAAA = 28,
    LOC = 29,
    NXT = 30,
    SRV = 33,
    NAPTR = 35,
    KX = 36,
    CERT = 37,
    A6 = 38,
    DNAME = 39,
    OPT = 41,
    APL = 42,
    DS = 43,
    SSHFP = 44,
    IPSECKEY = 45,
    RRSIG = 46,
    NSEC = 47,
    DNSKEY = 48,
    DHCID = 49,
    NSEC3 = 50,
    NSEC3PARAM = 51,
    TLSA = 52,
    SMIMEA = 53,
    HIP = 55,
    NINFO = 56,
    TALINK = 58,
    CDS = 59,
    CDNSKEY = 60,
    OPENPGPKEY = 61,
    CSYNC = 62,
    ZONEMD = 63,
    SVCB = 64,
    HTTPS = 65,
    DSYNC = 66,
    SPF = 99,
    NID = 104,
    L32 = 105,
    L64 = 106,
    LP = 107,
    EUI48 = 108,
    EUI64 = 109,
    TKEY = 249,
    TSIG = 250,
    IXFR = 251,
    AXFR = 252,
    MAILB = 253,
    MAILA = 254,
    ANY = 255,
    URI = 256,
    CAA = 257,
    AVC = 258,
    AMTRELAY = 260,
    RESINFO = 261,
    WALLET = 262,
    TA = 32768,
    DLV = 32769,
};

constexpr std::uint16_t number(Rrtype type) noexcept {
    return static_cast<std::uint16_t>(type);
}

// A mnemonic or TYPEnnn, in any case. Nothing for what is neither.
std::optional<Rrtype> rrtype_from_text(std::string_view text) noexcept;

// The mnemonic in upper case, TYPEnnn for a type without one.
void write_rrtype(TextWriter& out, Rrtype type) noexcept;
std::string rrtype_text(Rrtype type);

// Question types and meta types, which no zone contains (RFC 6895, section 3.1: OPT and 128 to
// 255).
constexpr bool is_meta_type(Rrtype type) noexcept {
    return type == Rrtype::OPT || (number(type) >= 128 && number(type) <= 255);
}

}  // namespace dnshist
