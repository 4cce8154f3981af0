// The word that somebody most likely meant who wrote another.
#pragma once

#include <cstddef>
#include <string_view>

namespace dnshist {

// How many letters must be put in, taken out or changed to make one word of the other
// (Levenshtein); anything above `nearest_limit` comes out as nearest_limit + 1, however far it is.
inline constexpr std::size_t nearest_limit = 2;
std::size_t edit_distance(std::string_view a, std::string_view b) noexcept;

// Is offered words one by one and keeps the one nearest to `word`: within nearest_limit, and no
// more than half of the word changed. The first offered wins a tie.
class Suggestion {
  public:
    explicit Suggestion(std::string_view word) noexcept : word_(word) {}

    void offer(std::string_view candidate) noexcept { offer(candidate, word_, candidate); }
    // `shown` is what best() gives where `candidate` is nearest to `word`, a part of the whole.
    void offer(std::string_view candidate, std::string_view word, std::string_view shown) noexcept;
    // Empty where none came near.
    std::string_view best() const noexcept { return best_; }

  private:
    std::string_view word_;
    std::string_view best_;
    std::size_t distance_ = nearest_limit + 1;
};

}  // namespace dnshist
