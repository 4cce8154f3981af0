#include "storage/query/suggestion.hpp"

#include <algorithm>
#include <array>

namespace dnshist {

namespace {

// A longer word is not similar to any word of the language.
constexpr std::size_t max_word = 20;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) noexcept {
    constexpr std::size_t far = max_edits + 1;
    if (a.size() > max_word || b.size() > max_word) return far;
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > max_edits) return far;

    // One row of the matrix of distances between prefixes of a and b.
    std::array<std::size_t, max_word + 1> row;
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return std::min(row[b.size()], far);
}

void Suggestion::offer(std::string_view candidate, std::string_view word,
                       std::string_view shown) noexcept {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < distance_ && distance * 2 <= word.size()) {
        distance_ = distance;
        best_ = shown;
    }
}

}  // namespace dnshist
