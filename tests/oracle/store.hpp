// A store as a list of records in memory.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/oracle/record.hpp"

namespace dnshist::oracle {

// The last day of a long month: months ago there is none like it.
inline constexpr Time now = 1767184496;      // 2025-12-31T12:34:56Z
inline constexpr Time written = 1767139200;  // 2025-12-31T00:00:00Z

class Store {
  public:
    // In any order; those of the same owner, type and RDATA are one.
    explicit Store(std::vector<Record> records);

    // In the store's order: by owner from the root down, by type number, by the octets of RDATA.
    const std::vector<Record>& records() const { return records_; }
    // Whether anything was seen or pointed at, at the name or below it; without `personal`, by
    // other records than registrations.
    bool knows(const Labels& name, bool personal) const {
        return known_.contains(key_of(name)) ||
               (personal && known_by_registrations_.contains(key_of(name)));
    }

    // As a golden case has it.
    std::vector<std::string> given() const;
    void write(const std::filesystem::path& directory) const;

  private:
    static void add_known(std::set<std::string>& known, Labels name);

    std::vector<Record> records_;
    std::set<std::string> known_;  // by key
    std::set<std::string> known_by_registrations_;
};

}  // namespace dnshist::oracle
