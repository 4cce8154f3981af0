// The list of the files of a store's levels, in its young environment (storage/format/FORMAT.md).
//
// The keys of names and of pivots are cut into ranges. A range has at most one file of each level;
// a boundary between two files of an old level is one of every younger level too.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

// The maps of a store; the values are those of the list's keys.
enum class Space : std::uint8_t { names = 'n', pivots = 'p' };

// Levels beneath the young one; the last is the oldest.
inline constexpr std::uint8_t levels_of_a_store = 3;

struct ListedFile {
    Space space = Space::names;
    std::uint8_t level = 1;           // 1 is the youngest
    std::vector<std::uint8_t> lower;  // at or before all of its keys
    std::uint64_t number = 0;         // names the file
    std::uint64_t octets = 0;         // of the file; 0 where it has no keys
    // Octets of all files that the range had in this level since it was merged into the next one.
    std::uint64_t written = 0;

    friend bool operator==(const ListedFile&, const ListedFile&) = default;
};

namespace level_list {

// In order of space, level and `lower`. Entries that are malformed are left out and counted.
struct Read {
    std::vector<ListedFile> files;
    std::uint64_t malformed = 0;
};
Read read(const lmdb::Transaction& transaction, MDB_dbi database);
void put(const lmdb::Transaction& transaction, MDB_dbi database, const ListedFile& file);
void remove(const lmdb::Transaction& transaction, MDB_dbi database, const ListedFile& file);

// "level.42.mdb"
std::string file_name(std::uint64_t number);
// The number in such a name; nothing in any other.
std::optional<std::uint64_t> file_number(const std::string& name);

}  // namespace level_list

// How far merging is.
struct MergeProgress {
    std::uint64_t next_file = 1;  // a number that no listed file had
    // Octets written into the young level since the last round of merges began.
    std::uint64_t written = 0;
    // Space and key of the range with which a round that has begun goes on; empty for none.
    std::vector<std::uint8_t> position;
    // In all: observations taken, octets written into the young level and into files of levels.
    std::uint64_t observations = 0;
    std::uint64_t young_octets = 0;
    std::uint64_t level_octets = 0;
    std::uint64_t damaged = 0;  // segments that merges could not read
};
// Of both maps together: how many ranges are at or behind the position, and how many there are, one
// at least.
std::pair<std::uint64_t, std::uint64_t> ranges_behind(const std::vector<ListedFile>& list,
                                                      Octets position);

// Octets of files from which on a store has all levels: a smaller one would save less writing by a
// level more than questions spend on it, and leaves level 1 empty.
inline constexpr std::uint64_t octets_for_all_levels = std::uint64_t{4} << 30;
// The youngest level that merges write.
std::uint8_t first_level(const std::vector<ListedFile>& list, std::uint64_t for_all_levels);

// Octets that a round of merges writes, about, where the young blocks have `young` and the files of
// the first level are counted: as many written into these make a round due, and overdue_rounds
// times as many hold up what comes in.
std::uint64_t octets_of_a_round(const std::vector<ListedFile>& list, std::uint8_t first,
                                std::uint64_t young);
inline constexpr std::uint64_t overdue_rounds = 2;

std::vector<std::uint8_t> encode_merge_progress(const MergeProgress& progress);
std::optional<MergeProgress> decode_merge_progress(Octets octets);

}  // namespace dnshist
