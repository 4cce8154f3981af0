// The FSST symbol tables of one database of blocks, as the store keeps them.
//
// The paper keeps one table with the data. Here each block names the table that it is packed with,
// and is packed with the newest when it is next written (storage/block/fsst_renewal.hpp makes new
// ones). A stored table never changes and is never removed: what is known of one stays true in
// every state of the store. storage/format/FORMAT.md is the grammar.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/block_reader.hpp"
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

// The tables that the blocks of one map name, wherever an engine keeps them.
class BlockSymbols {
  public:
    static constexpr std::uint8_t last_number = 255;

    BlockSymbols() = default;
    virtual ~BlockSymbols() = default;
    BlockSymbols(const BlockSymbols&) = delete;
    BlockSymbols& operator=(const BlockSymbols&) = delete;

    // The table of that number, which is read on first use; nullptr where there is none or it is
    // damaged. Table 0 has no symbols.
    const SymbolTable* find(std::uint8_t number) {
        const SymbolTable* const known = known_[number].get();
        return known != nullptr ? known : find_stored(number);
    }

    // The table that blocks are written with; nothing where it is damaged.
    struct Newest {
        std::uint8_t number;
        std::uint64_t keys;  // see StoredSymbols
    };
    virtual std::optional<Newest> newest() const = 0;
    // Adds a table, which is the newest then. The newest must be before last_number.
    virtual void add(const StoredSymbols& symbols) = 0;

    // Opens `reader` on a block, or leaves it closed where no part of the block can be read.
    // nullptr, or a phrase for the operator.
    const char* open(BlockReader& reader, Octets block);
    // Verifies the whole block: nullptr, or a phrase for the operator.
    const char* fault(Octets block);

  private:
    // The table of that number as it is stored; nothing where there is none.
    virtual std::optional<Octets> stored(std::uint8_t number) const = 0;
    const SymbolTable* find_stored(std::uint8_t number);

    std::array<std::unique_ptr<const SymbolTable>, std::size_t{last_number} + 1> known_;
};

class SymbolTables final : public BlockSymbols {
  public:
    // The tables are those in `database` whose keys begin with `prefix`. A read-only transaction
    // may be renewed.
    SymbolTables(const lmdb::Transaction& transaction, MDB_dbi database, char prefix)
        : transaction_(transaction),
          database_(database),
          prefix_(static_cast<std::uint8_t>(prefix)) {}

    std::optional<Newest> newest() const override;
    void add(const StoredSymbols& symbols) override;

  private:
    std::optional<Octets> stored(std::uint8_t number) const override;
    std::array<std::uint8_t, 2> key_of(std::uint8_t number) const noexcept {
        return {prefix_, number};
    }

    const lmdb::Transaction& transaction_;
    MDB_dbi database_;
    std::uint8_t prefix_;
};

}  // namespace dnshist
