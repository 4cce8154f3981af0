// Globs: `*` any octets, `?` one octet, `[a-z]` one of a set, `[!a-z]` or `[^a-z]` one not in it;
// all other octets stand for themselves. A glob matches the whole text.
#pragma once

#include <cstddef>
#include <string_view>

namespace dnshist {

// What is wrong with the glob, as a part of a sentence: "has a '[' without ']'"; empty if nothing
// is.
std::string_view glob_problem(std::string_view glob) noexcept;

// The octets of the set with whose '[' the glob begins, with both brackets; 0 where it has no end.
// A ']' that comes first is one of the set.
std::size_t glob_set_size(std::string_view glob) noexcept;

// Takes at most glob.size() * text.size() steps. The glob has no problem.
bool glob_matches(std::string_view glob, std::string_view text) noexcept;

}  // namespace dnshist
