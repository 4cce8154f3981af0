// Where in a map a literal is: a walk through the ranges of keys that the search indexes of the
// young blocks and of levels name, and through all keys of what has none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/history/history.hpp"
#include "storage/level/level_list.hpp"

namespace dnshist {

// Lives inside its Snapshot.
class SearchWalk {
  public:
    // Units of work: the look at so many octets of an index costs one, and so do some keys.
    static constexpr std::uint64_t octets_of_a_unit = 1024;

    explicit SearchWalk(Snapshot& snapshot);
    ~SearchWalk();
    SearchWalk(const SearchWalk&) = delete;
    SearchWalk& operator=(const SearchWalk&) = delete;

    // Begins a walk for a literal without dots, of the owners of records or of the values of
    // pivots. False where nothing of the map has an index: everything must be looked at then.
    bool begin(Space space, std::string_view literal);

    // Whether an owner, or a value, may have the literal in its text.
    bool may_have(Octets owner_or_value) const noexcept;
    // The first place at or behind `key` where a key may be of which may_have() is true; nothing
    // where there is none. Keys do not descend. May stop early at a place that has none, once it
    // has cost `most_units`.
    std::optional<Octets> find(Octets key, std::uint64_t most_units);
    // The work since the last call.
    std::uint64_t take_cost() noexcept;

  private:
    struct Source;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist
