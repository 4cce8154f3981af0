// Writes one file of a level.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "storage/block/range_builder.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/level/level_file.hpp"
#include "storage/level/prefix_filter.hpp"

namespace dnshist {

// Entries come in ascending order of keys and are cut into full blocks, which LMDB appends page
// after page. Until finish() the file is nothing that can be read; who gives up removes it.
class LevelWriter {
  public:
    // `lower` is the key of the first block: at or before all keys, at most 511 octets.
    // Throws lmdb::Error; DamagedBlock where the newest symbol table cannot be read.
    LevelWriter(const std::filesystem::path& file, BlockSymbols& symbols, NextBeginning beginnings,
                Octets lower);

    // Copies all octets. `packed` is the key as another block has it.
    void add(Octets key, Octets payload, const PackedKey& packed);
    void add(Octets key, Octets payload);

    std::uint64_t entries() const noexcept { return entries_; }
    // The octets of the blocks so far, and of entries that will be in the next ones.
    std::uint64_t octets() const noexcept { return octets_ + waiting_; }
    // Writes what is left, and the filter, and waits until all of it is on the disk. The octets of
    // the file.
    std::uint64_t finish();
    // After that: by which a search index knows the file.
    Octets filter_checksum() const noexcept { return filter_checksum_; }

  private:
    void begin_entry(Octets key, Octets payload);
    void write_blocks();
    void begin_transaction();
    void commit();

    lmdb::Environment environment_;
    FilterBuilder filter_;
    RangeBuilder range_;
    std::optional<lmdb::Transaction> transaction_;
    std::optional<lmdb::Cursor> cursor_;
    MDB_dbi blocks_ = 0;
    std::vector<std::uint8_t> first_key_;  // of the blocks that range_ will make
    std::uint64_t entries_ = 0;
    std::uint64_t octets_ = 0;
    std::uint64_t uncommitted_ = 0;
    std::size_t waiting_ = 0;  // octets in range_
    std::vector<std::uint8_t> filter_checksum_;
};

}  // namespace dnshist
