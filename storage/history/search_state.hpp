// The state of a SearchWalk, which its snapshot knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/history/reader_state.hpp"
#include "storage/history/search_walk.hpp"
#include "storage/level/search_scan.hpp"

namespace dnshist {

struct SearchWalk::State {
    struct Map {
        std::vector<SearchScan> scans;  // one a level
        bool has_index = false;
        BlockCursor young;
        std::uint64_t generation = 0;
        std::optional<std::uint64_t> levels_generation;
        std::vector<std::uint8_t> young_key;  // empty before the first look
        bool young_ended = false;

        Map(Snapshot::State& of, Space which);
    };

    Snapshot::State& snapshot;
    Map names;
    Map pivots;
    Space space = Space::names;
    std::string literal;
    bool address = false;  // the text of an address may have it
    std::uint64_t cost = 0;
    std::uint64_t looked_at = 0;  // octets of an index that are no whole unit yet
    std::vector<std::uint8_t> found;

    explicit State(Snapshot::State& of);
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    Map& map() noexcept { return space == Space::names ? names : pivots; }
    void renew(Map& map) const;
    void report(SearchScan& scan) const;
    // Lets go of the files of levels: for a snapshot with others.
    void end();
    void find_young(Octets key, std::optional<Octets> enough, std::uint64_t most_units);
    Octets result(Octets key) {
        found.assign(key.begin(), key.end());
        return found;
    }
};

}  // namespace dnshist
