// Pivot values: what a record's RDATA points at, as keys by which the store finds the record.
//
//     4 <4 octets>                an IPv4 address
//     6 <16 octets>               an IPv6 address
//     n <name in key form>        a domain name
//     t <lower-case octets> 0     a text token
//
// The first octet is the character shown. Addresses have a fixed length and names close with a
// zero, so the values of a CIDR prefix, of a subtree and of a text prefix are each one range of
// keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

inline constexpr std::size_t max_token_octets = 200;
inline constexpr std::size_t max_pivot_octets = 1 + max_name_octets;
// The characters between the items of a list in text. No token ends with one of these.
inline constexpr std::string_view list_marks = ";,";

class PivotValue {
  public:
    static PivotValue ipv4(Octets address) noexcept;  // 4 octets
    static PivotValue ipv6(Octets address) noexcept;  // 16 octets
    static PivotValue name(Octets wire_name) noexcept;
    // `text` in any case. A zero octet, which no token of a record has, is replaced.
    static PivotValue token(Octets text);
    // The common prefix of the values of all tokens that begin with `text`, which has at most
    // max_token_octets.
    static PivotValue token_prefix(Octets text) noexcept;

    Octets octets() const noexcept { return octets_.octets(); }

  private:
    PivotValue(char kind, Octets rest) noexcept;

    OctetBuffer<max_pivot_octets> octets_;
};

}  // namespace dnshist
