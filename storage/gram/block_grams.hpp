// The grams of each young block, in a database beside the blocks.
//
// A young block is written anew with every batch that falls into it, so each has its grams for
// itself, under the block's key: rows as bits, 512 octets for a block of a page. The database has
// all blocks, or no entry at all: who writes blocks without it empties it in the same transaction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/base/next_beginning.hpp"
#include "storage/base/sealed.hpp"
#include "storage/block/block_database.hpp"
#include "storage/gram/grams.hpp"
#include "storage/gram/literal_scan.hpp"

namespace dnshist {

// The rows that the texts of one block have, as they are stored (storage/format/FORMAT.md).
class GramBits {
  public:
    static constexpr std::size_t octets = gram::rows / 8;

    // Sets the rows of all keys of a block that can be read. `texts` says what is one text.
    GramBits(BlockSymbols& symbols, Octets block, NextBeginning texts);
    // Good until the next call.
    Octets stored() noexcept;

  private:
    std::array<std::uint8_t, checksum_octets + octets> bits_{};
    bool any_ = false;
};

// Keeps the database as blocks are put and removed, by one transaction.
class BlockGrams final : public BlockIndex {
  public:
    // `symbols` are those of the blocks.
    BlockGrams(const lmdb::Transaction& transaction, MDB_dbi grams, BlockSymbols& symbols,
               NextBeginning texts) noexcept
        : transaction_(transaction), grams_(grams), symbols_(symbols), texts_(texts) {}

    void put(Octets key, Octets block) override;
    void remove(Octets key) override;
    // Makes it for all blocks anew.
    void rebuild(BlockSource& blocks);
    // Whether the block has the entry that it must have.
    bool is_right(Octets key, Octets block) const;

  private:
    const lmdb::Transaction& transaction_;
    MDB_dbi grams_;
    BlockSymbols& symbols_;
    NextBeginning texts_;
};

// Looks for a literal in the database. An entry that is damaged may have it.
class BlockGramsScan final : public LiteralScan {
  public:
    BlockGramsScan(const lmdb::Transaction& transaction, MDB_dbi grams)
        : transaction_(transaction), grams_(grams), cursor_(transaction, grams) {}

    void begin(Octets literal) override;
    void renew() override { cursor_.renew(transaction_); }
    bool has_index() const override { return transaction_.entries(grams_) != 0; }

  private:
    bool look(Octets key, std::uint64_t& octets) override;
    bool may_have(Octets stored);

    const lmdb::Transaction& transaction_;
    MDB_dbi grams_;
    lmdb::Cursor cursor_;
    gram::LiteralRows literal_;
};

}  // namespace dnshist
