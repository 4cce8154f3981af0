// The seed of a randomised test: DNSHIST_SEED where it is set, a new one otherwise. A test shows it
// with every failure, so that the failure can be had again.
#pragma once

#include <cstdlib>
#include <random>

namespace dnshist::test {

inline std::uint64_t random_seed() {
    const char* given = std::getenv("DNSHIST_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

}  // namespace dnshist::test
