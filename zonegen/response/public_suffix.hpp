// Where a domain name leaves the hands of a registry, after the Public Suffix List: below "com",
// "co.uk", or what a provider lets its customers have names under.
#pragma once

#include "storage/base/octets.hpp"

namespace dnshist::zonegen {

// The part of `name` that is one label longer than the public suffix it is in, which may be all of
// it: example.co.uk. of www.example.co.uk. A name that is a public suffix itself comes back as it
// is. `name` is uncompressed wire form in lower case, and the result is a view of it. Which list
// that is, the system says (Debian's package publicsuffix), or the library where it does not.
Octets registrable_domain(Octets name) noexcept;

// Whether it is one itself, as the root is and every top-level domain that the list does not have.
bool is_public_suffix(Octets name) noexcept;

}  // namespace dnshist::zonegen
