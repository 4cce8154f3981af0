// A small store, made of lines that a person writes:
//
//     OWNER TYPE RDATA  FIRST .. LAST  [xCOUNT] [zone]
//     www.example.com. A 192.0.2.1   2020-01-01 .. 2021-01-01  x12
//
// A time is any that the query language knows, and stands for its first second. `zone` marks what
// was seen in a zone file. Two short forms make many records, or a long one, of a line:
//
//     {1..240}   the line 240 times, with each number in turn
//     {abc*100}  "abc" a hundred times over
#pragma once

#include <filesystem>
#include <string_view>

#include "storage/batch.hpp"
#include "storage/time.hpp"

namespace dnshist::test {

class Given {
  public:
    // Throws std::runtime_error where the line is none; ages are before `now`.
    void add(std::string_view line, Seconds now);
    // Makes a store in the directory, written at that time.
    void write(const std::filesystem::path& directory, Seconds written);

  private:
    void add_record(std::string_view line, Seconds now);

    Batch batch_;
};

// Takes from a store what a responder needs of it, as a fault would.
void break_store(const std::filesystem::path& directory);

}  // namespace dnshist::test
