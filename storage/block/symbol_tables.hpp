// The FSST symbol tables of one database of blocks, as the store keeps them.
//
// The paper keeps one table with the data. Here each block names the table that it is packed with,
// and is packed with the newest when it is next written (storage/block/fsst_renewal.hpp makes new
// ones). A stored table never changes and is never removed. storage/format/FORMAT.md is the
// grammar.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/fsst/fsst.hpp"

namespace dnshist {

// A table as it is stored.
struct StoredSymbols {
    std::uint64_t keys = 0;  // that the database had when it was trained
    SymbolTable table;
};
std::vector<std::uint8_t> encode_symbols(const StoredSymbols& symbols);
// Nothing where the octets are malformed or the checksum does not fit.
std::optional<StoredSymbols> decode_symbols(Octets octets) noexcept;

class SymbolTables {
  public:
    static constexpr std::uint8_t last_number = 255;

    // The tables are those in `database` whose keys begin with `prefix`. A read-only transaction
    // may be renewed.
    SymbolTables(const lmdb::Transaction& transaction, MDB_dbi database, char prefix)
        : transaction_(transaction),
          database_(database),
          prefix_(static_cast<std::uint8_t>(prefix)) {}
    SymbolTables(const SymbolTables&) = delete;
    SymbolTables& operator=(const SymbolTables&) = delete;

    // The table of that number, which is read on first use; nullptr where there is none or it is
    // damaged. Table 0 has no symbols.
    const SymbolTable* find(std::uint8_t number);

    // The table that blocks are written with; nothing where it is damaged.
    struct Newest {
        std::uint8_t number;
        std::uint64_t keys;  // see StoredSymbols
    };
    std::optional<Newest> newest() const;
    // Adds a table, which is the newest then. The newest must be before last_number.
    void add(const StoredSymbols& symbols);

  private:
    std::array<std::uint8_t, 2> key_of(std::uint8_t number) const noexcept {
        return {prefix_, number};
    }

    const lmdb::Transaction& transaction_;
    MDB_dbi database_;
    std::uint8_t prefix_;
    std::array<std::unique_ptr<const SymbolTable>, std::size_t{last_number} + 1> known_;
};

}  // namespace dnshist
