#include "storage/query/hint/suggestion.hpp"

#include <algorithm>

#include "storage/text/edit_distance.hpp"

namespace dnshist {

namespace {

// A longer word is not similar to any word of the language.
constexpr std::size_t max_word = 20;

bool may_be_near(std::string_view a, std::string_view b) noexcept {
    const auto [shorter, longer] = std::minmax({a.size(), b.size()});
    return longer <= max_word && longer - shorter <= max_edits;
}

}  // namespace

void Suggestion::offer(std::string_view candidate, std::string_view word,
                       std::string_view shown) noexcept {
    if (!may_be_near(word, candidate)) return;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < distance_ && distance * 2 <= word.size()) {
        distance_ = distance;
        best_ = shown;
    }
}

}  // namespace dnshist
