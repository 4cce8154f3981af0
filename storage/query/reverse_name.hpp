// The names of the reverse zones (RFC 1035, section 3.5; RFC 3596, section 2.5).
//
//     192.0.2.1        1.2.0.192.in-addr.arpa
//     2001:db8::/32    8.b.d.0.1.0.0.2.ip6.arpa
#pragma once

#include <optional>

#include "storage/base/octets.hpp"
#include "storage/query/address_subject.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// The name of an address.
Name reverse_name(const Prefix& address) noexcept;

// The address, or with fewer labels the prefix, of which the labels are the reverse name. Nothing
// for another name, and for a zone of all addresses (in-addr.arpa).
std::optional<Prefix> prefix_of_reverse_name(Octets labels) noexcept;

}  // namespace dnshist
