// A small store, made of lines that a person writes (tests/README.md, "A golden case").
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "storage/history/batch.hpp"
#include "storage/text/time.hpp"

namespace dnshist::test {

// A line with its short forms, {1..240} and {abc*100}, written out.
std::vector<std::string> expand(std::string_view line);

class Given {
  public:
    // One line. Throws std::runtime_error if it is none; ages are before `now`.
    void add(std::string_view line, Seconds now);
    // Makes a store in the directory, written at that time.
    void write(const std::filesystem::path& directory, Seconds written);

  private:
    Batch batch_;
};

// Removes from a store what a responder needs of it, as a fault would.
void break_store(const std::filesystem::path& directory);

}  // namespace dnshist::test
