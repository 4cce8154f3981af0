// The search index of one file of a level: tells near which of its keys a literal may be.
//
// It has the beginnings of the file's keys (prefix_filter.hpp) as text, each once where it is first
// in the order of keys: of names that is each label of their tree. A literal that lies within one
// part is found by a look at all octets, and leads to a group of some neighbouring keys; whether it
// is really there is for who reads these. A file of its own, so that it can be made later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/level/prefix_filter.hpp"

namespace dnshist {

namespace search_file {

inline constexpr const char* chunks_database = "chunks";
inline constexpr const char* about_database = "about";
inline constexpr unsigned databases = 2;
// The only key of `about`: the checksum of the filter of the level's file.
inline constexpr std::uint8_t about_key[] = {0};

// Behind the name of one that is not whole yet.
inline constexpr std::string_view partial_suffix = ".partial";

// "search.42.mdb", for "level.42.mdb".
std::string file_name(std::uint64_t number);
// The number in such a name; nothing in any other.
std::optional<std::uint64_t> file_number(const std::string& name);

}  // namespace search_file

// Some neighbouring groups of keys, as they are stored.
class SearchChunk {
  public:
    // Verifies the octets: nothing where they are damaged.
    static std::optional<SearchChunk> open(Octets stored) noexcept;

    std::size_t groups() const noexcept { return groups_; }
    // At or before all keys of the group, behind all keys before it.
    Octets lower(std::size_t group) const noexcept {
        return keys_.subspan(key_end(group), key_end(group + 1) - key_end(group));
    }
    // The last group that begins at or before the key, or else the first.
    std::size_t find(Octets key) const noexcept;
    // The first group at or behind `group` whose text has the literal; groups() for none. Adds the
    // octets looked at.
    std::size_t find_text(Octets literal, std::size_t group, std::uint64_t& looked_at) const;

  private:
    std::size_t end(std::size_t group, std::size_t field) const noexcept;
    std::size_t key_end(std::size_t groups) const noexcept { return end(groups, 0); }
    std::size_t text_end(std::size_t groups) const noexcept { return end(groups, 2); }

    std::size_t groups_ = 0;
    Octets ends_;
    Octets keys_;
    Octets text_;
};

// Makes the chunks of the keys of one file, which come in ascending order.
class SearchBuilder {
  public:
    // Takes each chunk, and the key that it is stored under: the lower bound of its first group.
    using Sink = std::function<void(Octets key, Octets chunk)>;

    // `lower` is at or before all keys. `parts` says what is one part of a text (key_beginnings.hpp
    // of storage/format): the octets between two beginnings.
    SearchBuilder(NextBeginning parts, Octets lower, Sink sink);

    void add(Octets key);
    void finish();

  private:
    void begin_group(Octets lower);
    void end_group();
    void end_chunk();
    std::size_t chunk_octets() const noexcept;

    NextBeginning parts_;
    Sink sink_;
    std::vector<std::uint8_t> lower_;
    std::vector<std::uint8_t> last_;
    std::vector<std::uint8_t> ends_;  // of keys_ and text_, for each group
    std::vector<std::uint8_t> keys_;
    std::vector<std::uint8_t> text_;
    std::size_t group_text_ = 0;  // where that of the current group begins
    std::size_t group_keys_ = 0;
    std::vector<std::uint8_t> chunk_;
};

// An index as a process has it open, for all of its threads.
class SearchFile {
  public:
    // Throws lmdb::Error: with ENOENT where there is none.
    explicit SearchFile(const std::filesystem::path& file);

    const lmdb::Environment& environment() const noexcept { return environment_; }
    MDB_dbi chunks() const noexcept { return chunks_; }
    // Whether it was made of the file of a level with this filter.
    bool is_of(Octets filter_checksum) const noexcept { return equal(about_, filter_checksum); }
    std::uint64_t octets() const { return environment_.used_octets(); }

  private:
    lmdb::Environment environment_;
    MDB_dbi chunks_ = 0;
    std::vector<std::uint8_t> about_;
};

// Writes an index. Until finish() it is nothing that can be read.
class SearchWriter {
  public:
    SearchWriter(const std::filesystem::path& file, NextBeginning parts, Octets lower);

    void add(Octets key) { builder_.add(key); }
    // Waits until all of it is on the disk.
    void finish(Octets filter_checksum);

  private:
    void put(Octets key, Octets chunk);
    void begin_transaction();

    lmdb::Environment environment_;
    std::optional<lmdb::Transaction> transaction_;
    MDB_dbi chunks_ = 0;
    std::size_t uncommitted_ = 0;
    SearchBuilder builder_;
};

}  // namespace dnshist
