// The values in the text of a record: addresses, mailboxes, the hosts of URIs, the names in terms
// of SPF and in CAA, and tokens; storage/pivot/pivot_values.hpp says what these are.
#pragma once

#include "storage/base/octets.hpp"
#include "storage/pivot/pivot_visiting.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist {

// A text: all values.
void visit_text(PivotVisiting& visiting, Octets text);
// A short text of which only a part may be a value: what can be found in the midst of one.
void visit_indicators(PivotVisiting& visiting, Octets text);
// Character-strings with their length octets, one at least.
void visit_strings(PivotVisiting& visiting, Rrtype type, Octets strings);
// The whole RDATA of CAA.
void visit_caa(PivotVisiting& visiting, Octets rdata);

}  // namespace dnshist
