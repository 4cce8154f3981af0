// A Bloom filter over beginnings of keys: tells that no key begins with some octets, without a look
// at the keys.
//
// The bits of one beginning are in one block of 32 octets, a bit in each of its eight words (the
// split block filter of Apache Parquet has that layout): a test waits for memory once. With 11 bits
// for each beginning, about one test in a hundred of what is not there says that it may be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/base/next_beginning.hpp"
#include "storage/base/octets.hpp"

namespace dnshist {

// The longest beginning of `prefix` that filters know; empty where there is none. Keys that begin
// with `prefix` begin with that too.
Octets longest_beginning(Octets prefix, NextBeginning next) noexcept;

// A filter as it is stored; a view of its octets.
class PrefixFilter {
  public:
    // Verifies the octets: nothing where they are damaged.
    static std::optional<PrefixFilter> open(Octets stored) noexcept;
    // The checksum in stored octets, by which a file is known; empty where they are too short.
    static Octets checksum_of(Octets stored) noexcept;

    // False where no key begins with `beginning`, which filters know.
    bool may_have(Octets beginning) const noexcept;

  private:
    explicit PrefixFilter(Octets blocks) noexcept : blocks_(blocks) {}

    Octets blocks_;
};

// Makes the filter of the keys of one file.
class FilterBuilder {
  public:
    explicit FilterBuilder(NextBeginning next) noexcept : next_(next) {}

    // Ascending keys; `shared` as many octets, or fewer, as the key shares with the one before.
    void add(Octets key, std::size_t shared);
    std::vector<std::uint8_t> build() const;

  private:
    NextBeginning next_;
    std::vector<std::uint64_t> hashes_;
};

}  // namespace dnshist
