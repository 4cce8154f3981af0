// The packed list: a sorted map from keys to payloads, cut into blocks that are LMDB's values.
//
// LMDB spends some 16 octets and a key on every entry, which is more than most records are. So a
// database of the store holds one entry for each block of records, under a key that separates it
// from the block before, and the block holds the records sorted and prefix-compressed, with a
// checksum. storage/format/FORMAT.md is the grammar. What we gave up for it: one LMDB value per
// owner, which reads more simply but pays LMDB for every owner and for every value pointed at.
//
// Here are the block alone (BlockReader, BlockBuilder) and the walk across blocks (BlockCursor);
// storage/block/block_merge.hpp changes them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/fsst.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/engine/lmdb/lmdb.hpp"

namespace dnshist {

class Prefetch;

// What a block's entries are.
enum class BlockForm : std::uint8_t {
    entries = 1,  // keys with payloads
    keys = 2,     // keys alone
};

// The longest key of an entry: see FORMAT.md, record keys and pivot keys.
inline constexpr std::size_t max_entry_key = 513;

// What is said of a segment that is not as it was written.
inline constexpr const char* damaged_segment = "its checksum does not fit";

// Reads the entries of one block. Never reads outside of it, whatever it holds.
//
// A block is cut into segments, each with a checksum and a first key that stands whole. Only the
// segments that are read are verified, so that a lookup costs a segment and not the block. What of
// a key is not shared with the one before is packed by a table of symbols (storage/block/fsst.hpp).
class BlockReader {
  public:
    enum class Step : std::uint8_t {
        entry,    // key() and payload() are the next entry's
        damaged,  // a segment, or what is left of it, was passed over
        end,
    };

    // What is wrong with any part of the block: nothing, or a phrase for the operator.
    static const char* fault(Octets block, const SymbolTable& symbols) noexcept;
    // The number of the table that the block's keys are packed with.
    static std::uint8_t symbols_of(Octets block) noexcept;

    // Places the reader before the first entry; false, and no entries, where the block is
    // malformed. `symbols` is the block's table, and stays where it is while the block is read.
    bool open(Octets block, const SymbolTable& symbols) noexcept;
    // The same with a block that is known to have so many segments; 0 where it is malformed.
    void open(Octets block, const SymbolTable& symbols, std::size_t segments) noexcept;
    // As if opened on a block without entries.
    void close() noexcept;
    // As if it had just read an entry of `key` in a block of that form, with `entries` after it in
    // its segment, the last.
    void follow(Octets key, Octets entries, BlockForm form, const SymbolTable& symbols) noexcept;
    // Places the reader before the first entry whose key is at or after `target`.
    void seek(Octets target) noexcept { seek(target, find_segment(target)); }
    // The same in two steps: the segment that the target is in, which is being fetched; and on.
    std::size_t find_segment(Octets target) noexcept;
    void seek(Octets target, std::size_t segment) noexcept;
    Step next() noexcept;
    // Reads the first entry of that segment; there is none where there is no such segment.
    Step first_of(std::size_t segment) noexcept;

    // What lies between an entry and the next one of its segment that is at or after some bound.
    struct Passed {
        Octets entries;  // as they lie in the block
        // Of the last key before the bound, what it has in common with that. No key at or after
        // the bound has more in common with it.
        Octets last;
    };
    // Passes over what follows the current entry, whose key is before `bound`; nothing where it is
    // malformed. An empty bound is after all keys.
    std::optional<Passed> pass(Octets bound) noexcept;
    // What of the segment was not read, but for an entry that a pass has come to.
    Octets rest() const noexcept { return rest_; }
    bool ends_segment() const noexcept { return rest_.empty() && !pending_; }
    BlockForm form() const noexcept { return has_payloads_ ? BlockForm::entries : BlockForm::keys; }

    Octets key() const noexcept { return {key_.data(), key_size_}; }
    Octets payload() const noexcept { return payload_; }
    // How many leading octets the key has in common with the entry before, at least.
    std::size_t shared() const noexcept { return shared_; }
    // The key without what is shared, as it lies in the block.
    Octets packed() const noexcept { return packed_; }
    // How many leading octets the last key before the target of the seek has in common with it;
    // nothing where no such key was met.
    std::optional<std::size_t> shared_before() const noexcept { return shared_before_; }

  private:
    struct Entry;
    bool read_entry(Entry& entry) noexcept;
    bool open_segment(std::size_t index) noexcept;
    int compare_first_key(std::size_t index, Octets target) noexcept;
    bool unpack(const Entry& entry) noexcept;
    void pass_over(std::size_t match) noexcept;
    std::optional<Passed> pass(Octets bound, std::size_t match) noexcept;

    Octets block_;
    bool has_payloads_ = false;
    std::size_t segments_ = 0;
    std::size_t next_segment_ = 0;
    Octets rest_;  // of the segment
    std::optional<Step> pending_;
    Octets packed_;
    std::optional<std::size_t> shared_before_;
    Octets payload_;
    std::size_t shared_ = 0;
    std::size_t key_size_ = 0;
    const SymbolTable* symbols_ = nullptr;
    std::array<std::uint8_t, max_entry_key + max_symbol_octets> key_;
};

// An entry to be written.
struct BlockEntry {
    Octets key;
    Octets payload;           // empty in a block of keys
    std::size_t shared;       // common_prefix of the key and the one before; 0 for the first
    Octets packed;            // the key without `packed_from` octets, by the block's symbols:
    std::size_t packed_from;  // without what is shared, or else it is packed anew when written
    // The entries behind it, as they lie in a block of the same symbols, and of this form.
    Octets followers{};
    BlockForm form = BlockForm::keys;
};

// Appends a block to a buffer, entry by entry, in ascending order of keys without repeats.
class BlockBuilder {
  public:
    // `packer` packs by the table of number `symbols`.
    BlockBuilder(std::vector<std::uint8_t>& out, BlockForm form, std::uint8_t symbols,
                 const SymbolPacker& packer);

    static constexpr std::size_t any_size = ~std::size_t{0};

    // Appends the entry and its followers, which are of the block's form, where the block is then
    // no longer than `most` octets. Whether it did.
    bool append(const BlockEntry& entry, std::size_t most = any_size);
    // The octets of the block so far.
    std::size_t size() const noexcept;
    // Completes the block, with which the buffer ends. Nothing may be appended afterwards.
    void finish();

  private:
    bool begins_segment(std::size_t octets) const noexcept;

    std::vector<std::uint8_t>& out_;
    std::size_t begin_;  // in out_
    std::size_t end_;    // behind it is room that nothing was written to
    BlockForm form_;
    std::uint8_t symbols_;
    const SymbolPacker& packer_;
    std::vector<std::size_t> segments_;  // where in out_ each begins
    std::array<std::uint8_t, max_packed_octets(max_entry_key)> packed_;
};

// The octets that an entry takes, with its followers.
std::size_t entry_octets(const BlockEntry& entry, BlockForm form) noexcept;

// A database of blocks, as one transaction sees it.
struct BlockDatabase {
    const lmdb::Transaction& transaction;
    MDB_dbi blocks;
    SymbolTables& symbols;

    // Opens `reader` on a block, or leaves it closed. Nothing, or a phrase for the operator: what
    // keeps all of the block from being read, and in fault() any part of it.
    const char* open(BlockReader& reader, Octets block) const;
    const char* fault(Octets block) const;
};

// Told of each damaged block: the key of the block, and what is wrong.
using BlockDamage = std::function<void(Octets block_key, const char* fault)>;

// Walks the entries of one database in order. Damaged blocks are reported and passed over.
class BlockCursor {
  public:
    BlockCursor(const BlockDatabase& database, const BlockDamage& report);

    // After the transaction was.
    void renew() {
        blocks_.renew(database_.transaction);
        ++state_;
    }

    // Places the cursor before the first entry whose key is at or after `target`.
    void seek(Octets target);
    bool next();

    // Finds the block and the segment in which each of these seeks begins, and loads them into the
    // processor's cache. Not between a seek and its last next().
    void prefetch(std::span<Prefetch* const> seeks);
    // As seek(target); starts from what was found where `prefetched` is of the same target, and the
    // transaction was not renewed since.
    void seek(Octets target, const Prefetch& prefetched);

    Octets key() const noexcept { return block_.key(); }
    Octets payload() const noexcept { return block_.payload(); }
    std::size_t shared() const noexcept { return block_.shared(); }
    // Of the last seek, until the cursor goes on to another block.
    std::optional<std::size_t> shared_before() const noexcept { return block_.shared_before(); }
    // The key under which LMDB holds the block.
    Octets block_key() const noexcept { return block_key_; }
    // Blocks read since the last seek.
    std::uint64_t reads() const noexcept { return reads_; }

  private:
    bool find_block(Octets target);
    void find_segment(Prefetch& seek);
    void open_block(Octets key, Octets block);
    bool next_block();

    BlockDatabase database_;
    lmdb::Cursor blocks_;
    std::uint64_t state_ = 1;     // of the database: counts the renewals
    bool is_prefetched_ = false;  // the block; then blocks_ may be elsewhere
    Octets block_key_;
    const BlockDamage& report_;
    BlockReader block_;
    std::uint64_t reads_ = 0;
    bool ended_ = true;
};

// Whether any entry's key begins with `prefix`. Damaged blocks are passed over.
bool has_prefix(const BlockDatabase& database, Octets prefix);

}  // namespace dnshist
