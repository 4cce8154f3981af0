// Hexadecimal digits.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dnshist {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

// The value of a digit in either case.
constexpr std::optional<unsigned> hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

}  // namespace dnshist
