// The subject of a question: the labels between the view and the zone.
#pragma once

#include <optional>

#include "storage/base/octets.hpp"
#include "storage/query/query.hpp"
#include "storage/query/query_error.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// Labels are given with their length octets and in lower case.

// Reads the subject of every view except `at` into the query, whose view and types must have been
// read: a name, the names below one, an address or prefix, a value to pivot on. Returns an error
// where the view takes no such subject.
std::optional<QueryError> read_subject(Octets labels, Query& query);

// The name that the labels spell; where they spell an IP address, its reverse name (RFC 1035,
// section 3.5; RFC 3596, section 2.5).
Name subject_name(Octets labels);

}  // namespace dnshist
