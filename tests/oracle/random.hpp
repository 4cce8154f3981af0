// Random choices: one generator for the whole run, so that a seed repeats it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace dnshist::oracle {

class Random {
  public:
    explicit Random(std::uint64_t seed) : generator_(seed) {}

    // 0 to limit - 1.
    std::uint64_t below(std::uint64_t limit) { return generator_() % limit; }
    // True so often.
    bool one_in(std::uint64_t times) { return below(times) == 0; }
    template <class List>
    const auto& one_of(const List& list) {
        return list[static_cast<std::size_t>(below(list.size()))];
    }
    template <class List>
    void shuffle(List& list) {
        for (std::size_t i = list.size(); i > 1; --i)
            std::swap(list[i - 1], list[static_cast<std::size_t>(below(i))]);
    }

  private:
    std::mt19937_64 generator_;
};

}  // namespace dnshist::oracle
