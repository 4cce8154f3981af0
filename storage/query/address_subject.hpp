// An IP address or CIDR prefix as the labels of a subject: the dots of an address separate labels.
//
//     192.0.2.1   192.0.2.0/24   2001:db8::1   2001:db8::/32
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "storage/base/octets.hpp"
#include "storage/query/query_error.hpp"

namespace dnshist {

struct Prefix {
    std::array<std::uint8_t, 16> octets;  // the first 4 or all
    std::uint8_t size;                    // 4 or 16
    std::uint8_t length;                  // bits
    bool is_address;                      // no length was given

    Octets address() const noexcept { return {octets.data(), size}; }
};

// monostate: neither an address nor a prefix. An error: a malformed one, such as 192.0.2.0/33 or
// 192.0.2.256.
using PrefixResult = std::variant<std::monostate, Prefix, QueryError>;
PrefixResult read_prefix(Octets labels);

}  // namespace dnshist
