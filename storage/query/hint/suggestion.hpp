// A suggestion for a misspelt word.
#pragma once

#include <cstddef>
#include <string_view>

namespace dnshist {

inline constexpr std::size_t max_edits = 2;

// Keeps the nearest to `word` of the candidates it is offered: within max_edits, and with no more
// than half of the word changed. The first offered wins a tie.
class Suggestion {
  public:
    explicit Suggestion(std::string_view word) noexcept : word_(word) {}

    void offer(std::string_view candidate) noexcept { offer(candidate, word_, candidate); }
    // Compares `candidate` with `word`, a part of the whole; best() will be `shown`.
    void offer(std::string_view candidate, std::string_view word, std::string_view shown) noexcept;
    // Empty where no candidate is near enough.
    std::string_view best() const noexcept { return best_; }

  private:
    std::string_view word_;
    std::string_view best_;
    std::size_t distance_ = max_edits + 1;
};

}  // namespace dnshist
