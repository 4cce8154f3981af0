// Writes a level that a map does not have yet, of entries that come in order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "storage/level/new_files.hpp"

namespace dnshist {

// A file for each range that an older level has, or as many as their size demands in the oldest
// level. Removes them again unless they are kept.
class NewLevel {
  public:
    // `list` has no file of this level, and must outlive this.
    NewLevel(const std::filesystem::path& directory, const std::vector<ListedFile>& list,
             std::uint8_t level, std::uint64_t next_number, std::uint64_t octets_of_a_file)
        : directory_(directory),
          list_(list),
          level_(level),
          next_number_(next_number),
          octets_of_a_file_(level == levels_of_a_store ? octets_of_a_file : ~std::uint64_t{0}) {}

    // The entries of a map follow, in ascending order of keys. The files get a search index where
    // `search_parts` is given.
    void begin(Space space, BlockSymbols& symbols, NextBeginning beginnings,
               NextBeginning search_parts);
    void add(Octets key, Octets payload) {
        if (range_ == nullptr || !range_->range.has(key)) begin_range(key);
        range_->files.add(key, payload);
    }
    // The end of a map: its files are on the disk then.
    void finish();

    // Lists all files in a transaction, and counts them.
    void list(const lmdb::Transaction& transaction, MDB_dbi database, MergeProgress& progress);
    // To be called before the transaction is committed: its failure leaves them to the next writer.
    void keep() noexcept;

  private:
    struct Range {
        KeyRange range;
        NewFiles files;

        Range(const NewLevel& level, KeyRange keys)
            : range(std::move(keys)),
              files(level.directory_, level.next_number_, *level.symbols_, range, level.beginnings_,
                    level.search_parts_, level.level_, level.octets_of_a_file_) {}
    };
    void begin_range(Octets key);

    const std::filesystem::path& directory_;
    const std::vector<ListedFile>& list_;
    std::uint8_t level_;
    std::uint64_t next_number_;
    std::uint64_t octets_of_a_file_;
    Space space_ = Space::names;
    BlockSymbols* symbols_ = nullptr;
    NextBeginning beginnings_ = nullptr;
    NextBeginning search_parts_ = nullptr;
    Range* range_ = nullptr;  // the last one
    std::vector<std::unique_ptr<Range>> ranges_;
};

}  // namespace dnshist
