// The places of lines in the names of next pages (storage/answer/line_place.hpp), which an
// expectation written by hand cannot know.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace dnshist::test {

// The text with `line-*` for each place, which may be several labels `line-X`.
inline std::string with_any_place(std::string text) {
    constexpr std::string_view mark = "line-x";
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
    constexpr std::string_view any = "line-*";
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += any.size()) {
        const auto end_of_label = [&](std::size_t begin) {
            return std::min(text.find_first_not_of(digits, begin + mark.size()), text.size());
        };
        std::size_t end = end_of_label(at);
        while (end < text.size() && text[end] == '.' && text.substr(end + 1).starts_with(mark))
            end = end_of_label(end + 1);
        text.replace(at, end - at, any);
    }
    return text;
}

}  // namespace dnshist::test
