// What a question is about: the labels between the view and the zone.
#pragma once

#include <optional>

#include "storage/base/octets.hpp"
#include "storage/query/query.hpp"
#include "storage/query/query_error.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// Labels have their length octets and are in lower case, as part of a name.

// Reads the subject of every view but `at` into the query, whose view and types are read already:
// a name, the names below one, an address or prefix, a value to pivot on. The mistake, where the
// view has no such subject.
std::optional<QueryError> read_subject(Octets labels, Query& query);

// The name that the labels spell; where they spell an IP address, its reverse name (RFC 1035,
// section 3.5; RFC 3596, section 2.5).
Name subject_name(Octets labels);

}  // namespace dnshist
