// Which values of RDATA lead back to the record (storage/pivot/pivot_value.hpp).
//
// The values of a record are what a person reads in its line and would look for:
//
// - Every field that is an address or a name, in each type that has one: A, MX, the hints of
//   SVCB, the gateway of IPSECKEY, the relay of AMTRELAY and so on. The prefixes of APL and the
//   locators of L32 and L64 are addresses too, as they are shown; where octets are missing they
//   are zero.
// - In text (TXT, SPF, CAA, URI, the rule of NAPTR and every other character-string): each IP
//   address, each mailbox as a token and its host as a name, and the host of each URI as a name;
//   storage/pivot/text_indicators.hpp says what these are. The names in terms of SPF and the issuer
//   of CAA.
// - The tokens of text, but for the character-strings of a fixed number (HINFO, NAPTR). They end at
//   white space, control characters, semicolons and commas, as tag lists have these (DMARC, DKIM),
//   and what follows '=' or ':' inside a token is a token again. A whole word with semicolons or
//   commas inside is one as well. Stops at the end are no part of a token; what is an address is
//   none. A token longer than max_token_octets is cut and completed by a digest.
//
// Not visited: the root, at which null MX, "." targets and empty mailboxes all point; the names in
// RRSIG, SIG, NSEC and NXT, which repeat the record's own zone and neighbour and would make most of
// a signed zone's pivots; names with macros (exists:%{i}.example of SPF), which are made only when
// a mail is checked; and what is shown as hexadecimal digits or base64 (the identity of HIP, ECH).
#pragma once

#include <cstddef>

#include "storage/base/function_ref.hpp"
#include "storage/base/octets.hpp"
#include "storage/pivot/pivot_value.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist {

// A limit per record, so that a TXT of 64 KB does not become thousands of values.
inline constexpr std::size_t max_values_per_record = 256;

// Calls `visit` for each value of the record; the same value may come twice. `rdata` is canonical.
using PivotVisitor = FunctionRef<void(const PivotValue& value)>;
void for_each_pivot_value(Rrtype type, Octets rdata, PivotVisitor visit);

// Whether records of the type can have text tokens.
bool has_text_tokens(Rrtype type) noexcept;

}  // namespace dnshist
