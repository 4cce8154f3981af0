// The layout of RDATA: the fields of each type, in order, and how long each is.
//
// A type's layout is a row of a table. Everything that treats RDATA walks it: to say whether RDATA
// is valid, to find the names in it, to write it and to read it. A type without a layout is opaque.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist {

enum class Field : std::uint8_t {
    none,  // behind the last
    // Numbers, most significant octet first.
    u8,
    u16,
    u32,
    interval,     // 32 bits: seconds; read with units too (1h30m)
    time,         // 32 bits: a time of DNSSEC, YYYYMMDDHHmmSS (RFC 4034, section 3.2)
    type,         // 16 bits: a type
    algorithm,    // 8 bits: an algorithm of DNSSEC; read as a mnemonic too
    certificate,  // 16 bits: a certificate type, with mnemonics too (RFC 4398, section 2.1)
    scheme,       // 8 bits: a scheme of DSYNC, with mnemonics too (RFC 9859, section 6.2)
    // Fixed size.
    ipv4,
    ipv6,
    node,      // 8 octets as four groups of hexadecimal digits (RFC 6742), and
    locator,   // the same, where they are the upper half of an IPv6 address
    eui48,     // 6 octets and
    eui64,     // 8 octets in hexadecimal, with dashes (RFC 7043)
    location,  // LOC, version 0 (RFC 1876)
    // Fields that contain their own length.
    name,
    string,         // a character-string: a length octet and as many octets
    tag,            // of CAA: the same, without what would break a word
    salt,           // of NSEC3: the same, hexadecimal or "-"
    hash,           // of NSEC3: the same, base32hex
    gateway,        // of IPSECKEY: its type, the algorithm, and what the type says (RFC 4025)
    relay,          // of AMTRELAY: the D bit with its type, and what the type says (RFC 8777)
    chain,          // of A6: a prefix length, the rest of an address, a prefix name (RFC 2874)
    host_identity,  // of HIP: the lengths, the identity tag and the key (RFC 8005)
    // Fields that reach to the end of the RDATA.
    names,       // none or more
    strings,     // one or more character-strings
    text,        // one string without a length, in quotes
    hex,         // at least one octet
    opaque,      // any octets; only in the generic form
    base64,      // at least one octet
    key,         // base64, or nothing at all
    bitmap,      // types in windows (RFC 4034, section 4.1.2)
    prefixes,    // of APL (RFC 3123)
    svc_params,  // of SVCB and HTTPS (RFC 9460)
};

// Which code reads and writes the text; `generic` is for types that only have the generic form.
enum class Text : std::uint8_t { ours, ldns, generic };

struct Layout {
    std::array<Field, 10> fields;  // closed by Field::none
    Text text = Text::ours;
};

// Null for a type whose RDATA is opaque.
const Layout* layout_of(Rrtype type) noexcept;

// Takes the octets of one field off the front; nothing where they are not valid or are truncated.
std::optional<Octets> take_field(Field field, OctetReader& in) noexcept;

struct Mnemonic {
    std::string_view text;
    std::uint16_t number;
};
// Mnemonics of DNSSEC algorithms, of certificate types and of the schemes of DSYNC.
extern const std::span<const Mnemonic> algorithm_mnemonics;
extern const std::span<const Mnemonic> certificate_mnemonics;
extern const std::span<const Mnemonic> scheme_mnemonics;

enum class GatewayType : std::uint8_t { none = 0, ipv4 = 1, ipv6 = 2, name = 3 };

// The target of a valid `gateway` or `relay`: an address, a name, or nothing.
struct Gateway {
    GatewayType type;
    Octets octets;
};
Gateway gateway_of(Field field, Octets octets) noexcept;

// The parts of a valid `chain`.
struct Chain {
    std::uint8_t prefix_length;
    std::array<std::uint8_t, 16> suffix;  // zero in the bits of the prefix
    Octets prefix_name;                   // empty where the prefix length is 0
};
Chain chain_of(Octets octets) noexcept;

// Calls visit(std::uint16_t family, std::uint8_t length, const std::array<std::uint8_t, 16>&
// address) for each item of valid `prefixes`, the address padded with zeros; items of families
// other than IPv4 (1) and IPv6 (2) are skipped.
template <class Visit>
void for_each_prefix(Octets prefixes, Visit&& visit) {
    OctetReader in(prefixes);
    while (!in.at_end()) {
        const std::uint16_t family = in.u16().value_or(0);
        const std::uint8_t length = in.u8().value_or(0);
        const Octets written = in.octets(in.u8().value_or(0) & 0x7fU).value_or(Octets{});
        std::array<std::uint8_t, 16> address{};
        if (family != 1 && family != 2) continue;
        std::copy_n(written.begin(), std::min(written.size(), address.size()), address.begin());
        visit(family, length, address);
    }
}

}  // namespace dnshist
