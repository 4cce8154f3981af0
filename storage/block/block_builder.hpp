// Writes one block.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/block/block_format.hpp"
#include "storage/fsst/fsst.hpp"

namespace dnshist {

// An entry to be written.
struct BlockEntry {
    Octets key;
    Octets payload;           // empty in a block of keys
    std::size_t shared;       // common_prefix of the key and the one before; 0 for the first
    Octets packed;            // the key without `packed_from` octets, by the block's symbols.
    std::size_t packed_from;  // Where that is not what is shared, the key is packed anew.
    // The entries behind it, as they are stored in a block of the same symbols and of this form.
    Octets followers{};
    BlockForm form = BlockForm::keys;
};

// The octets that an entry takes, with its followers.
std::size_t entry_octets(const BlockEntry& entry, BlockForm form) noexcept;

// Appends a block to a buffer, entry by entry, in ascending order of keys without repeats.
class BlockBuilder {
  public:
    // `packer` packs by the table of number `symbols`.
    BlockBuilder(std::vector<std::uint8_t>& out, BlockForm form, std::uint8_t symbols,
                 const SymbolPacker& packer);

    // Appends the entry and its followers, which are of the block's form.
    void append(const BlockEntry& entry) {
        try_append(entry, std::numeric_limits<std::size_t>::max());
    }
    // The same if the block is then no longer than `max_octets`. Whether it did.
    bool try_append(const BlockEntry& entry, std::size_t max_octets);
    // The octets of the block so far.
    std::size_t size() const noexcept;
    // Completes the block, with which the buffer ends. Nothing may be appended afterwards.
    void finish();

  private:
    bool begins_segment(std::size_t octets) const noexcept;

    std::vector<std::uint8_t>& out_;
    std::size_t begin_;  // in out_
    std::size_t end_;    // of what was written; out_ has room after it
    BlockForm form_;
    std::uint8_t symbols_;
    const SymbolPacker& packer_;
    std::vector<std::size_t> segments_;  // where in out_ each begins
    std::array<std::uint8_t, max_packed_octets(max_entry_key)> packed_;
};

}  // namespace dnshist
