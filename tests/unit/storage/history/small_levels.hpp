// Stores whose levels are merged early, and what lies in their directories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <vector>

#include "storage/history/history_writer.hpp"
#include "storage/level/level_list.hpp"
#include "tests/support/store_oracle.hpp"

namespace dnshist::test {

inline constexpr Seconds now{1'750'000'000};

// Merges begin at once, and files are cut small.
inline HistoryWriter::Options small_files() {
    HistoryWriter::Options options;
    options.merge = {.least_young = 1, .most_file = 50'000};
    return options;
}

inline std::size_t level_files(const std::filesystem::path& directory) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (level_list::file_number(entry.path().filename().string())) ++files;
    }
    return files;
}

inline std::vector<Seen> random_batch(std::mt19937_64& random, std::size_t count, Oracle& oracle) {
    std::vector<Seen> all;
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(random_seen(random));
        oracle.add(all.back());
    }
    return all;
}

}  // namespace dnshist::test
