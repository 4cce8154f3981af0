// The subject of a question: the labels between the view and the zone.
#pragma once

#include <optional>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/query/hint/query_error.hpp"
#include "storage/query/query.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// Labels are given with their length octets and in lower case.

// The labels that may stand in front of a name.
inline constexpr std::string_view below_mark = "*";     // every name below it
inline constexpr std::string_view children_mark = "+";  // those one label below it
inline constexpr std::string_view exact_mark = "=";     // this name, whatever it looks like

// Whether a view of a name takes any value of a pivot as well.
bool takes_values(View view) noexcept;

// Takes the mark off the labels; false where they do not begin with it.
bool take_mark(Octets& labels, std::string_view mark) noexcept;

// Whether the labels of a name are read as another one in the view `at`: as an address, or as a
// mark. With the exact mark in front they are not.
bool needs_exact_mark(Octets labels);

// Reads the subject of every view except `at` into the query, whose view and types must have been
// read: a name, the names below one, an address or prefix, a value to pivot on. Returns an error
// where the view takes no such subject.
std::optional<QueryError> read_subject(Octets labels, Query& query);

// Reads the subject of `at`, in which no mark but the exact one is known: the name that the labels
// spell; where they spell an IP address, its reverse name (RFC 1035, section 3.5; RFC 3596, section
// 2.5).
void read_name(Octets labels, Query& query);

}  // namespace dnshist
