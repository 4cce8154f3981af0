// One file of a level: the blocks of a range of keys, which never change.
//
// It is an LMDB environment in a file of its own, written once in order of keys (level_writer.hpp)
// and read without locks. Its blocks are packed with the symbol tables of the store. A reader that
// has it open can go on reading after it was unlinked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/level/prefix_filter.hpp"
#include "storage/level/search_file.hpp"

namespace dnshist {

namespace level_file {

inline constexpr const char* blocks_database = "blocks";
inline constexpr const char* filter_database = "filter";
inline constexpr unsigned databases = 2;
// The only key of the filter's database.
inline constexpr std::uint8_t filter_key[] = {0};
// Flags to open it with, for a reader.
inline constexpr unsigned reader_flags = MDB_RDONLY | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS;

}  // namespace level_file

// A file as a process has it open, for all of its threads.
class LevelFile {
  public:
    // Throws lmdb::Error: with ENOENT where there is none. `search` is its search index, if it has
    // one.
    explicit LevelFile(const std::filesystem::path& file, const std::filesystem::path& search = {});

    const lmdb::Environment& environment() const noexcept { return environment_; }
    MDB_dbi blocks() const noexcept { return blocks_; }
    std::size_t block_count() const noexcept { return block_count_; }
    // Nothing where it is damaged: then every question must be asked.
    const std::optional<PrefixFilter>& filter() const noexcept { return filter_; }
    // By which its search index knows the file.
    Octets filter_checksum() const noexcept { return filter_checksum_; }
    // Nothing where there is none, or none that can be read: then all keys must be looked at.
    const std::optional<SearchFile>& search() const noexcept { return search_; }
    // Why there is none that can be read; empty where there is one, or none at all.
    const std::string& search_fault() const noexcept { return search_fault_; }

  private:
    void open_search(const std::filesystem::path& file);

    lmdb::Environment environment_;
    MDB_dbi blocks_ = 0;
    std::size_t block_count_ = 0;
    std::optional<PrefixFilter> filter_;
    Octets filter_checksum_;
    std::optional<SearchFile> search_;
    std::string search_fault_;
};

}  // namespace dnshist
