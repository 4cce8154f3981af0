// The beginnings of keys that filters know (storage/level/prefix_filter.hpp).
//
// Of a record: its owner and all names above it, without the closing zero; so a filter also tells
// that nothing is below a name. Of a pivot: its value, and all names above a value that is a name.
#pragma once

#include <cstddef>

#include "storage/base/octets.hpp"

namespace dnshist {

// Both are a NextBeginning.
std::size_t next_record_beginning(Octets key, std::size_t after);
std::size_t next_pivot_beginning(Octets key, std::size_t after);

// The same for the search index: of pivots, those of addresses are no text.
std::size_t next_pivot_text(Octets key, std::size_t after);

}  // namespace dnshist
