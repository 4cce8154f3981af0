// The search index of one file of a level: tells near which of its keys a literal may be.
//
// The file's keys, in their order, are cut into groups. The text of a group (the labels of names,
// the values that are text) has grams, each of which has one of some thousand rows (storage/gram);
// and a row has a bit for each group: whether a gram of that row is in it. So the groups that have
// all grams of a literal are found by a few rows; whether it is really there is for who reads their
// keys. A group is closed where enough of its bits are set, so that an index
// of long names and one of short ones tell equally much. A file of its own, so that it can be made
// later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/next_beginning.hpp"
#include "storage/base/octets.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/gram/grams.hpp"

namespace dnshist {

namespace search_file {

inline constexpr const char* rows_database = "rows";
inline constexpr const char* groups_database = "groups";
inline constexpr const char* about_database = "about";
inline constexpr unsigned databases = 3;
// The only key of `about`.
inline constexpr std::uint8_t about_key[] = {0};

// Behind the name of one that is not whole yet.
inline constexpr std::string_view partial_suffix = ".partial";

// "search.42.mdb", for "level.42.mdb".
std::string file_name(std::uint64_t number);
// The number in such a name; nothing in any other.
std::optional<std::uint64_t> file_number(const std::string& name);

}  // namespace search_file

// Where some neighbouring groups of keys begin, as it is stored.
class GroupBounds {
  public:
    static constexpr std::size_t most = 64;

    // Verifies the octets: nothing where they are damaged.
    static std::optional<GroupBounds> open(Octets stored) noexcept;

    // The number of the first one among all of the file, a multiple of `most`.
    std::size_t number() const noexcept { return number_; }
    std::size_t size() const noexcept { return size_; }
    // At or before all keys of the group, behind all keys before it.
    Octets lower(std::size_t group) const noexcept {
        return keys_.subspan(end(group), end(group + 1) - end(group));
    }
    // The last group that begins at or before the key, or else the first.
    std::size_t find(Octets key) const noexcept;

  private:
    std::size_t end(std::size_t groups) const noexcept;

    std::size_t number_ = 0;
    std::size_t size_ = 0;
    Octets ends_;
    Octets keys_;
};

// Makes the index of the keys of one file, which come in ascending order.
class SearchBuilder {
  public:
    // Takes each value of a database (search_file), in the order of its keys.
    using Sink = std::function<void(Octets key, Octets value)>;

    // `lower` is at or before all keys. `parts` says what is one part of a text (key_beginnings.hpp
    // of storage/format): the octets between two beginnings.
    SearchBuilder(NextBeginning parts, Octets lower, Sink groups, Sink rows);

    void add(Octets key);
    // Hands over what is left. How many groups there are.
    std::size_t finish();

  private:
    // A word for each row: a bit for each of 64 groups.
    using Bits = std::array<std::uint64_t, gram::rows>;

    void begin_group(Octets lower);
    void end_bounds();
    void add_row(std::size_t row);
    void write_rows();

    NextBeginning parts_;
    Sink groups_sink_;
    Sink rows_sink_;
    std::vector<std::uint8_t> lower_;
    std::vector<std::uint8_t> last_;
    std::vector<std::uint8_t> ends_;  // of bounds_, for each group
    std::vector<std::uint8_t> bounds_;
    std::size_t groups_ = 0;
    std::size_t group_keys_ = 0;  // of the last group, from the first one with text on
    std::size_t group_bits_ = 0;  // that are set of the last group
    std::deque<Bits> bits_;
    std::vector<std::uint8_t> value_;
};

// An index as a process has it open, for all of its threads.
class SearchFile {
  public:
    // Throws lmdb::Error: with ENOENT where there is none.
    explicit SearchFile(const std::filesystem::path& file);

    const lmdb::Environment& environment() const noexcept { return environment_; }
    MDB_dbi rows() const noexcept { return rows_; }
    MDB_dbi group_bounds() const noexcept { return bounds_; }
    std::size_t groups() const noexcept { return groups_; }
    // Whether it was made of the file of a level with this filter, in the form of today.
    bool is_of(Octets filter_checksum) const noexcept {
        return !filter_.empty() && equal(filter_, filter_checksum);
    }
    std::uint64_t octets() const { return environment_.used_octets(); }

  private:
    lmdb::Environment environment_;
    MDB_dbi rows_ = 0;
    MDB_dbi bounds_ = 0;
    std::size_t groups_ = 0;
    std::vector<std::uint8_t> filter_;
};

// Writes an index. Until finish() it is nothing that can be read.
class SearchWriter {
  public:
    SearchWriter(const std::filesystem::path& file, NextBeginning parts, Octets lower);

    void add(Octets key) { builder_.add(key); }
    // Waits until all of it is on the disk.
    void finish(Octets filter_checksum);

  private:
    void put(MDB_dbi database, Octets key, Octets value);
    void begin_transaction();

    lmdb::Environment environment_;
    std::optional<lmdb::Transaction> transaction_;
    MDB_dbi rows_ = 0;
    MDB_dbi bounds_ = 0;
    std::size_t uncommitted_ = 0;
    SearchBuilder builder_;
};

}  // namespace dnshist
