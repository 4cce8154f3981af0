// The packed list: a sorted map from keys to payloads, cut into blocks that are LMDB's values.
//
// LMDB spends some 16 octets and a key on every entry, which is more than most records are. So a
// database of the store holds one entry for each block of records, under a key that separates it
// from the block before, and the block holds the records sorted and prefix-compressed, with a
// checksum. storage/FORMAT.md is the grammar. What we gave up for it: one LMDB value per owner,
// which reads as simply but is half again as large.
//
// Here are the block alone (BlockReader, BlockWriter) and the walk across blocks (PackedCursor);
// storage/packed_merge.hpp changes them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/lmdb.hpp"
#include "storage/octets.hpp"

namespace dnshist {

inline constexpr std::uint8_t block_version = 1;
// checksum, version
inline constexpr std::size_t block_header_octets = 5;
// The longest key of an entry: see FORMAT.md, record keys and pivot keys.
inline constexpr std::size_t max_entry_key = 513;

// Reads the entries of one block from the front. Never reads outside of it, whatever it holds.
class BlockReader {
  public:
    // A block without entries.
    BlockReader() noexcept = default;
    // What is wrong with the block as a whole: nothing, or a phrase for the operator.
    static const char* fault(Octets block) noexcept;
    // Places the reader before the first entry of a block without a fault().
    void open(Octets block) noexcept;
    // As if opened on a block without entries.
    void close() noexcept {
        rest_ = {};
        malformed_ = false;
    }

    // Moves to the next entry. False at the end, or where the entries are malformed.
    bool next() noexcept;
    // Moves to the first entry whose key is at or after `target`, reading from the front of what is
    // left; as next().
    bool seek(Octets target) noexcept;
    bool malformed() const noexcept { return malformed_; }

    Octets key() const noexcept { return {key_.data(), key_size_}; }
    Octets payload() const noexcept { return payload_; }
    // How many leading octets the key has in common with the entry before in this block, at least.
    std::size_t shared() const noexcept { return shared_; }

  private:
    struct Header;
    bool read_header(Header& header) noexcept;
    bool stop_malformed() noexcept;

    Octets rest_;
    Octets payload_;
    std::size_t shared_ = 0;
    std::size_t key_size_ = 0;
    bool malformed_ = false;
    std::array<std::uint8_t, max_entry_key> key_;
};

// Appends the block to a buffer, entry by entry, in ascending order of keys without repeats.
class BlockWriter {
  public:
    // The octets that an entry takes after one whose key it shares `shared` octets with.
    static std::size_t entry_octets(std::size_t shared, std::size_t key,
                                    std::size_t payload) noexcept;

    explicit BlockWriter(std::vector<std::uint8_t>& out);
    // `shared` is common_prefix of the key and the one before; 0 for the first.
    void append(std::size_t shared, Octets key, Octets payload);
    std::size_t size() const noexcept { return out_.size() - begin_; }
    // Writes the checksum. Nothing may be appended afterwards.
    void finish() noexcept;

  private:
    std::vector<std::uint8_t>& out_;
    std::size_t begin_;
};

// Told of each damaged block: the key of the block, and what is wrong.
using BlockDamage = std::function<void(Octets block_key, const char* fault)>;

// Walks the entries of one database in order. Damaged blocks are reported and passed over.
class PackedCursor {
  public:
    PackedCursor(const lmdb::Transaction& transaction, MDB_dbi database, const BlockDamage& report);

    void renew(const lmdb::Transaction& transaction) { blocks_.renew(transaction); }

    // Places the cursor before the first entry whose key is at or after `target`.
    void seek(Octets target);
    bool next();

    Octets key() const noexcept { return block_.key(); }
    Octets payload() const noexcept { return block_.payload(); }
    std::size_t shared() const noexcept { return block_.shared(); }
    // The key under which LMDB holds the block.
    Octets block_key() const noexcept { return blocks_.key(); }
    // Blocks read since the last seek.
    std::uint64_t reads() const noexcept { return reads_; }

  private:
    bool open_block();

    lmdb::Cursor blocks_;
    const BlockDamage& report_;
    BlockReader block_;
    std::uint64_t reads_ = 0;
    enum class Place : std::uint8_t { before_entry, in_block, end } place_ = Place::end;
};

}  // namespace dnshist
