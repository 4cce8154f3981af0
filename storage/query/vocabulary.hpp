// The words of the query language: a table of the views and a table of the filters.
//
// Questions are read by these tables, suggestions for misspelt words come from them, and help.ZONE
// is made of them. A new view or filter is a new row.
#pragma once

#include <cstdint>
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
// Null where the word is not a view.
const ViewWord* find_view(std::string_view word) noexcept;
std::string_view view_word(View view) noexcept;
// Whether the word stands for the present where a time may: now, latest.
bool is_present(std::string_view word) noexcept;

struct FilterWord {
    std::string_view word;   // "limit"
    std::string_view usage;  // "limit-N", or the word where it takes no value
    std::string_view takes;  // which values are allowed, for an error message
    std::string_view meaning;
    // Reads the value into the query; false where it is not allowed.
    bool (*read)(Query& query, std::string_view value, Seconds now) noexcept;
    // Writes a suggestion for a value that is not allowed, if there is one; may be null.
    void (*suggest)(TextWriter& out, std::string_view value, Seconds now) noexcept = nullptr;
    bool repeats = false;  // may be given more than once
    // The filter that a suggested value is one of; empty: this one.
    std::string_view suggested = {};
    // What is wrong with a pattern, as storage/search says it; may be null.
    std::string_view (*problem)(std::string_view value) noexcept = nullptr;

    constexpr bool takes_value() const noexcept { return usage.size() > word.size(); }
    // Whether the next page's question has another one instead.
    constexpr bool is_paging() const noexcept {
        return word == "page" || word == "line" || word == "from";
    }
};
std::span<const FilterWord> filter_words() noexcept;
// Those whose words begin with the character: a bit for each, in the order of filter_words().
std::uint64_t filters_from(char first) noexcept;
// The value in a label that is this filter: "5" in "limit-5"; an empty text where the filter takes
// no value; nullopt where the label is another word.
std::optional<std::string_view> filter_value(const FilterWord& filter,
                                             std::string_view label) noexcept;
// A suggestion for a label that is not a word of the language: a filter's usage, a type's mnemonic
// or a view. Empty where there is none.
std::string_view suggest_word(std::string_view label) noexcept;

// A view to suggest for a label; empty where there is none.
std::string_view suggest_view(std::string_view label) noexcept;

}  // namespace dnshist
