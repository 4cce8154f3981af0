// Pivot values: what a record's RDATA points at, in the key form in which the store finds it again.
//
//     4 <4 octets>                an IPv4 address        (A, ipv4hint of SVCB, ip4: of SPF)
//     6 <16 octets>               an IPv6 address        (AAAA, ipv6hint, ip6:)
//     n <name in key form>        a domain name          (inside RDATA, in terms of SPF, of CAA)
//     t <lower-case octets> 0     a text token           (TXT, SPF, CAA)
//
// The first octet is the character shown. Addresses have a fixed length and names close with a
// zero, so the values of a CIDR prefix, of a subtree and of a text prefix are each one range of
// keys. Text tokens are split at white space and control characters, and what follows '=' or ':'
// inside a token is a token again. Semicolons and commas at the end, as tag lists have them (DMARC,
// DKIM), are not part of a token. A token longer than max_token_octets is cut and completed by a
// digest.
//
// Not visited: the root, at which null MX, "." targets and empty mailboxes all point; and the names
// in RRSIG, SIG, NSEC and NXT, which repeat the record's own zone and neighbour and would make most
// of a signed zone's pivots.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "storage/name.hpp"
#include "storage/octets.hpp"
#include "storage/rrtype.hpp"

namespace dnshist {

inline constexpr std::size_t max_token_octets = 200;
inline constexpr std::size_t max_pivot_octets = 1 + max_name_octets;
// Of one record; a TXT of 64 KB is not allowed to become thousands of values.
inline constexpr std::size_t max_values_per_record = 256;

class PivotValue {
  public:
    static PivotValue ipv4(Octets address) noexcept;  // 4 octets
    static PivotValue ipv6(Octets address) noexcept;  // 16 octets
    static PivotValue name(Octets wire_name) noexcept;
    // `text` in any case. A zero octet, which no token of a record has, is changed to another.
    static PivotValue token(Octets text);

    Octets octets() const noexcept { return {octets_.data(), size_}; }

  private:
    PivotValue(char kind, Octets rest) noexcept;

    std::array<std::uint8_t, max_pivot_octets> octets_;
    std::uint16_t size_ = 0;
};

// Calls visit(const PivotValue&) for each value of the record; the same value may come twice.
// `rdata` is canonical.
using PivotVisitor = void (*)(void* context, const PivotValue& value);
void visit_pivot_values(Rrtype type, Octets rdata, PivotVisitor visit, void* context);

template <class Visit>
void for_each_pivot_value(Rrtype type, Octets rdata, Visit&& visit) {
    visit_pivot_values(
        type, rdata,
        [](void* context, const PivotValue& value) {
            (*static_cast<std::remove_reference_t<Visit>*>(context))(value);
        },
        &visit);
}

}  // namespace dnshist
