// The public suffixes of two labels and more, by the top-level domain that they are below: those of
// registries (co.uk) and of providers (github.io).
//
// libpsl tells of a name whether it is one, and not which there are: this is its list's text, read
// once. Of a rule with a wildcard (*.ck) and its exceptions (!www.ck) nothing is a suffix by
// itself.
#pragma once

#include "storage/base/function_ref.hpp"
#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// Calls visit(const Name&) for each suffix of two labels or more that ends in this top-level
// domain, a label in lower case without its length octet. Without the list's text (Debian's package
// publicsuffix) those of two labels that countries commonly use.
void for_each_suffix_below(Octets top, FunctionRef<void(const Name&)> visit);

// Whether it is one of these. The labels are in wire form without the closing zero.
bool is_suffix_below_top(Octets labels);

}  // namespace dnshist
