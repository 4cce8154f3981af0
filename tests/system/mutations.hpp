// Questions that went wrong: good ones with octets changed, cut, doubled and made up.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace dnshist::test {

using Message = std::vector<std::uint8_t>;

// The messages to mutate: questions of every view and kind, with OPT, options and TSIG.
std::vector<Message> good_questions();

class Mutations {
  public:
    explicit Mutations(std::uint64_t seed) : chance_(seed), good_(good_questions()) {}

    // The next one: of any length up to 600 octets, rarely up to 4096.
    Message next();

    // 0 to limit - 1.
    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(chance_);
    }
    std::uint8_t octet() { return static_cast<std::uint8_t>(below(256)); }

  private:
    void mutate(Message& message);
    const Message& any_good() { return good_[below(good_.size())]; }

    std::mt19937_64 chance_;
    std::vector<Message> good_;
};

}  // namespace dnshist::test
