// A value that is written almost as addresses and octets are: hex-abc, v6-zz, 192.0.2.1-9. It may
// be a name or a text, and so it is a mistake only where nothing was found.
#pragma once

#include <optional>

#include "storage/base/octets.hpp"
#include "storage/query/hint/query_error.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

// The mistake in the labels of a subject, in lower case and with their length octets, if they are
// such a value. `types` are those that are asked for.
std::optional<QueryError> value_mistake(Octets labels, const TypeSet& types);

}  // namespace dnshist
