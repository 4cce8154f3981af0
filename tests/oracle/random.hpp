// Random choices: one generator for the whole run, so that a seed repeats it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

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

// The octets of the name in which it is asked, in letters of any case (0x20).
inline std::string random_case(Random& random, std::string wire) {
    const std::uint64_t mode = random.below(3);  // as it is, all upper, any
    for (std::size_t at = 0; wire[at] != 0; at += 1 + static_cast<std::size_t>(wire[at])) {
        for (std::size_t i = at + 1; i <= at + static_cast<std::size_t>(wire[at]); ++i) {
            const bool letter = wire[i] >= 'a' && wire[i] <= 'z';
            if (letter && (mode == 1 || (mode == 2 && random.one_in(2)))) {
                wire[i] = static_cast<char>(wire[i] - 'a' + 'A');
            }
        }
    }
    return wire;
}

}  // namespace dnshist::oracle
