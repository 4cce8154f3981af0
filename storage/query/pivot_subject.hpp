// The subject of a pivot, read into ranges of pivot values.
//
//     192.0.2.1   2001:db8::1       an address; and a name that looks like one
//     192.0.2.0/24   2001:db8::/32  a CIDR prefix
//     192.0.2.5-192.0.2.40          all addresses from one to another
//     ns1.example.com               a name; a text token, where text is asked for
//     *.example.com                 the names below a name
//     =.*.example.com               that name alone, whatever it looks like
//     admin@example.com             a mailbox (RFC 1035, section 8), dots in the user too; and a
//                                   name that has the '@' in it, as SOA often has by mistake
//     *@example.com                 all mailboxes of a domain
//     1.2.0.192.in-addr.arpa        the address, and the name; with fewer labels the prefix
//     hex-763d73706631              octets: a text token, an address, a name, or whole RDATA
//     v=spf1                        a text token
//     google-site-verification=ab*  the text tokens with this prefix
#pragma once

#include <optional>
#include <string_view>

#include "storage/base/function_ref.hpp"
#include "storage/base/octets.hpp"
#include "storage/query/address_subject.hpp"
#include "storage/query/hint/query_error.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

// In front of octets in hexadecimal digits.
inline constexpr std::string_view hex_word = "hex-";

// Labels that the user of a mailbox may have where it is spelt as a name (mailbox-N).
inline constexpr unsigned max_mailbox_labels = 4;

// Reads the labels of the subject, in lower case and with their length octets, into query.values;
// query.types must have been read. Returns an error where the labels are no value.
std::optional<QueryError> read_pivot_subject(Octets labels, Query& query);

// Whether the subject is octets (hex-X) and `any` is true for the values of one of the things that
// they may be: a text token, an address, a name, or RDATA of some type. False for any other
// subject.
bool any_of_octets(Octets labels, FunctionRef<bool(const PivotRanges&)> any);

// Adds the addresses of a prefix to query.values; and of one address the name that is written so,
// which query.subject is: "MX 10 192.0.2.1." is a frequent mistake.
void add_addresses(const Prefix& prefix, Query& query) noexcept;

}  // namespace dnshist
