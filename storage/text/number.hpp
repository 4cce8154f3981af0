// Numbers as text.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace dnshist {

// The decimal number that is the whole text; of an unsigned type without a sign. Nothing where it
// is none, or more than a T can be.
template <class T>
std::optional<T> number_from_text(std::string_view text) noexcept {
    T number{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

}  // namespace dnshist
