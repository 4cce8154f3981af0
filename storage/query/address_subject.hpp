// An IP address, CIDR prefix or range of addresses as the labels of a subject: the dots of an
// address separate labels.
//
//     192.0.2.1   192.0.2.0/24   2001:db8::1   2001:db8::/32   192.0.2.5-192.0.2.40
//
// and in letters, digits and hyphens alone, as some libraries want a name:
//
//     v6-2001-db8-0-0-0-0-0-1   prefix-24.192.0.2.0   prefix-32.v6-2001-db8--
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

#include "storage/base/octets.hpp"
#include "storage/query/hint/query_error.hpp"

namespace dnshist {

struct Prefix {
    std::array<std::uint8_t, 16> octets;  // the first 4 or all
    std::uint8_t size;                    // 4 or 16
    std::uint8_t length;                  // bits; of a range: those that all its addresses share
    bool is_address;                      // no length was given
    bool is_range = false;                // from the address to `last`
    std::array<std::uint8_t, 16> last = {};

    Octets address() const noexcept { return {octets.data(), size}; }
};

// monostate: neither an address nor a prefix or range. An error: a malformed one, such as
// 192.0.2.0/33 or 192.0.2.256.
using PrefixResult = std::variant<std::monostate, Prefix, QueryError>;
PrefixResult read_prefix(Octets labels);

// The beginning of the label in front of an address that has the length of its prefix: prefix-24.
inline constexpr std::string_view prefix_word = "prefix-";

}  // namespace dnshist
