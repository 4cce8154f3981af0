// A source as the store interns it: one text, the same for every record of the same origin.
//
// A bailiwick is nearly always the owner or a name above it, and different for every zone. So it is
// kept as how many of the owner's labels it has, which makes a few sources out of millions; a
// bailiwick that is not above the owner is kept as it is.
#pragma once

#include <optional>
#include <string>

#include "storage/base/octets.hpp"
#include "storage/record/observation.hpp"

namespace dnshist {

// Writes the text of `source` as seen from an owner (key form) into `out`.
void write_source_text(std::string& out, const Source& source, Octets owner_key);

// Back again; nothing for what is no such text.
std::optional<Source> read_source_text(Octets text, Octets owner_key);

}  // namespace dnshist
