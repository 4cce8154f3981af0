// Text in lower case. ASCII only, as DNS (RFC 4343) and HTTP compare names.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "storage/base/octets.hpp"

namespace dnshist {

constexpr char to_lower(char c) noexcept {
    return static_cast<char>(to_lower(static_cast<std::uint8_t>(c)));
}

inline std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        c = to_lower(c);
    return lower;
}

// Whether the text, in lower case, is `lower`.
constexpr bool is_in_any_case(std::string_view text, std::string_view lower) noexcept {
    return std::ranges::equal(text, lower, {}, [](char c) { return to_lower(c); });
}

}  // namespace dnshist
