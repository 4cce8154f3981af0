// The words of the query language: one table of the views, one of the filters.
//
// Questions are read by these tables, a misspelt word finds its nearest in them, and help.ZONE is
// made of them. A new view or filter is a row and what the row says.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "storage/query/query.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

struct ViewWord {
    std::string_view word;
    View view;
    std::string_view meaning;
    std::string_view example;  // a question's name without the zone
};
std::span<const ViewWord> view_words() noexcept;
// Null where the word is no view.
const ViewWord* find_view(std::string_view word) noexcept;

struct FilterWord {
    std::string_view word;   // "limit"
    std::string_view usage;  // "limit-N", or the word where it takes no value
    std::string_view takes;  // what the value has to be, for who wrote another
    std::string_view meaning;
    // Reads the value into the query; false where it is none.
    bool (*read)(Query& query, std::string_view value, Seconds now) noexcept;
    // Writes the value that was perhaps meant by one that is none; null where there is none near.
    void (*suggest)(TextWriter& out, std::string_view value, Seconds now) noexcept = nullptr;
    bool repeats = false;  // or may be given once

    constexpr bool takes_value() const noexcept { return usage.size() > word.size(); }
};
std::span<const FilterWord> filter_words() noexcept;
// The value in a label that is this filter: "5" in "limit-5", empty where it takes none. Nothing
// where the label is another word.
std::optional<std::string_view> filter_value(const FilterWord& filter,
                                             std::string_view label) noexcept;
// The word of the language, whatever it is, that is nearest to one that is not: a filter's usage, a
// type's mnemonic or a view. Empty where none is near.
std::string_view suggest_word(std::string_view label) noexcept;

// The view word nearest to a label; empty where none is near.
std::string_view suggest_view(std::string_view label) noexcept;

}  // namespace dnshist
