// The boundary between a registry and its customers in a domain name, after the Public Suffix List:
// below "com", "co.uk", or a domain under which a provider gives names to its customers.
#pragma once

#include "storage/base/octets.hpp"

namespace dnshist {

// The part of `name` that is one label longer than its public suffix: example.co.uk. for
// www.example.co.uk. Empty if `name` is a public suffix itself or above one. `name` is in
// uncompressed wire form and lower case; the result is a view of it. The list is that of the system
// (Debian's package publicsuffix), or else the one built into libpsl.
Octets registrable_domain(Octets name) noexcept;

// Whether `name` is a public suffix. The root is one, and so is every top-level domain that is not
// on the list.
bool is_public_suffix(Octets name) noexcept;

}  // namespace dnshist
