// The tables of symbols of one database of packed blocks, as the store keeps them.
//
// Blocks say which table they are packed with, and are packed with the newest when they are next
// written (storage/block/fsst_renewal.hpp makes one). A table, once written, is there for good and
// never changes. storage/format/FORMAT.md is the grammar.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/fsst.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

// A table as it is stored.
struct StoredSymbols {
    std::uint64_t keys = 0;  // that the database had when it was learnt
    SymbolTable table;
};
std::vector<std::uint8_t> encode_symbols(const StoredSymbols& symbols);
// Nothing where they are malformed or the checksum does not fit.
std::optional<StoredSymbols> decode_symbols(Octets octets) noexcept;

class SymbolTables {
  public:
    static constexpr std::uint8_t last_number = 255;

    // The tables are those in `database` whose keys begin with `of`. A read-only transaction may be
    // renewed.
    SymbolTables(const lmdb::Transaction& transaction, MDB_dbi database, char of)
        : transaction_(transaction), database_(database), of_(static_cast<std::uint8_t>(of)) {}
    SymbolTables(const SymbolTables&) = delete;
    SymbolTables& operator=(const SymbolTables&) = delete;

    // The table of that number, read when it is first asked for; nullptr where there is none, or it
    // is damaged. Number 0 has no symbols.
    const SymbolTable* find(std::uint8_t number);

    // The table to write with; nothing where it is damaged.
    struct Newest {
        std::uint8_t number;
        std::uint64_t keys;  // as StoredSymbols has them
    };
    std::optional<Newest> newest() const;
    // Makes it the newest. There is room up to last_number.
    void add(const StoredSymbols& symbols);

  private:
    std::array<std::uint8_t, 2> key_of(std::uint8_t number) const noexcept { return {of_, number}; }

    const lmdb::Transaction& transaction_;
    MDB_dbi database_;
    std::uint8_t of_;
    std::array<std::unique_ptr<const SymbolTable>, std::size_t{last_number} + 1> known_;
};

}  // namespace dnshist
