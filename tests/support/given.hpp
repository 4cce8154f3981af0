// A small store, made of lines that a person writes:
//
//     OWNER TYPE RDATA  FIRST .. LAST  [xCOUNT] [zone]
//     www.example.com. A 192.0.2.1   2020-01-01 .. 2021-01-01  x12
//
// A time is any that the query language knows, and stands for its first second. `zone` marks what
// was seen in a zone file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "storage/history/batch.hpp"
#include "storage/text/time.hpp"

namespace dnshist::test {

// Two short forms make many lines, or a long one, of a line, in what is given and what is expected:
//
//     {1..240}   the line 240 times, with each number in turn; {240..1} likewise, downwards
//     {abc*100}  "abc" a hundred times over
std::vector<std::string> expand(std::string_view line);

class Given {
  public:
    // One line. Throws std::runtime_error where it is none; ages are before `now`.
    void add(std::string_view line, Seconds now);
    // Makes a store in the directory, written at that time.
    void write(const std::filesystem::path& directory, Seconds written);

  private:
    Batch batch_;
};

// Takes from a store what a responder needs of it, as a fault would.
void break_store(const std::filesystem::path& directory);

}  // namespace dnshist::test
