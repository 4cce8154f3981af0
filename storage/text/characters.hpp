// Texts by the characters that they are made of.
#pragma once

#include <string_view>

namespace dnshist {

inline constexpr std::string_view blanks = " \t\r\n";

constexpr bool contains(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

// Whether each character is among `characters`; an empty text is.
constexpr bool consists_of(std::string_view text, std::string_view characters) noexcept {
    return text.find_first_not_of(characters) == std::string_view::npos;
}

// The text without the characters of `around` at both ends.
constexpr std::string_view trimmed(std::string_view text,
                                   std::string_view around = blanks) noexcept {
    const std::size_t begin = text.find_first_not_of(around);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(around) - begin + 1);
}

}  // namespace dnshist
