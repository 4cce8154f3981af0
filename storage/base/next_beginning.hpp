// The beginnings of a key, as filters and search indexes see them.
#pragma once

#include <cstddef>

#include "storage/base/octets.hpp"

namespace dnshist {

// The length of the shortest beginning of `key` that is longer than `after` octets and is one; 0
// where there is none. It depends on the kind of keys: the labels of a name for example
// (storage/format).
using NextBeginning = std::size_t (*)(Octets key, std::size_t after);

}  // namespace dnshist
