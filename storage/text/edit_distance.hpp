// How far a misspelt word is from the one that was meant.
#pragma once

#include <cstddef>
#include <string_view>

namespace dnshist {

// The Levenshtein distance: how many characters have to be added, left out or changed to make one
// text of the other. Texts longer than max_compared count as different in every character.
inline constexpr std::size_t max_compared = 255;
std::size_t edit_distance(std::string_view a, std::string_view b) noexcept;

}  // namespace dnshist
