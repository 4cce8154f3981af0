// NAME.*: the name below every public suffix below which the store has names.
#pragma once

#include <cstdint>

#include "storage/finding/name_list.hpp"
#include "storage/history/history.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// A store of invented top-level domains must not make a list without end.
inline constexpr unsigned max_top_level_domains = 5000;

// Adds `name` below each top-level domain of the store, and below the suffixes that the Public
// Suffix List has below that, of registries and of providers. Of more top-level domains than the
// limit it takes the first, and NameList::is_cut() says so. Returns what it cost, in units of
// WorkBudget.
std::uint64_t list_below_suffixes(Snapshot& snapshot, const Name& name, NameList& names,
                                  std::uint8_t tag = 0);

// Whether the labels are a suffix with which it lists names.
bool is_listed_suffix(Octets labels);

}  // namespace dnshist
