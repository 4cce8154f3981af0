// The literal of a pattern by which an index finds what may match.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dnshist {

// Shorter ones are in too many texts for an index.
inline constexpr std::size_t least_literal = 3;

// The longest run of octets without a dot that every text has which matches; empty where there is
// none of least_literal octets.
std::string literal_of_glob(std::string_view glob);
// Of a regular expression of RE2 that is valid and has no backslash: of what is outside of groups;
// of alternatives there is none.
std::string literal_of_expression(std::string_view expression);

}  // namespace dnshist
