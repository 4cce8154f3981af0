// Reads the entries of one block, front to back or from a key on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"
#include "storage/block/block_format.hpp"
#include "storage/fsst/fsst.hpp"

namespace dnshist {

// A key as a block has it: without its first `from` octets, packed by the table of that number.
struct PackedKey {
    Octets octets;
    std::size_t from;
    std::uint8_t symbols;
};

// Never reads outside of the block, whatever it holds.
//
// A block is cut into segments, each with a checksum, and each with a first key that is stored
// whole: a restart point. Only the segments that are read are verified, so that a lookup costs a
// segment and not the block. The part of a key that it does not share with the key before is packed
// by a symbol table (storage/fsst/fsst.hpp).
class BlockReader {
  public:
    enum class Step : std::uint8_t {
        entry,    // key() and payload() are the next entry's
        damaged,  // a segment, or the rest of it, was skipped
        end,
    };

    // Verifies the whole block: nullptr, or a phrase for the operator.
    static const char* fault(Octets block, const SymbolTable& symbols) noexcept;
    // The number of the table that the block's keys are packed with.
    static std::uint8_t symbols_of(Octets block) noexcept;

    // Places the reader before the first entry; false, and no entries, where the block is
    // malformed. `symbols` is the block's table, and must outlive the reading.
    bool open(Octets block, const SymbolTable& symbols) noexcept;
    // The same for a block whose segments were counted (block_format::segment_count); 0 where it is
    // malformed.
    void open(Octets block, const SymbolTable& symbols, std::size_t segments) noexcept;
    // As if opened on a block without entries.
    void close() noexcept;
    // As if the reader had just read an entry of `key` in a block of that form, and `entries` were
    // the rest of its segment, the last of the block.
    void open_after(Octets key, Octets entries, BlockForm form,
                    const SymbolTable& symbols) noexcept;
    // Places the reader before the first entry whose key is at or after `target`.
    void seek(Octets target) noexcept { seek(target, find_segment(target)); }
    // Prefetches the first key of each segment, for a seek: a search that is by halves would wait
    // for one after the other.
    void prefetch_segments() const noexcept;
    // Where a seek begins.
    struct Start {
        std::size_t segment = 0;
        // Whether the segment's first key was seen to be before the target, and how many leading
        // octets the two have in common then.
        bool is_before = false;
        std::size_t common = 0;
    };
    // The same in two steps: finds the target's segment and prefetches it; then goes on there.
    Start find_segment(Octets target) noexcept;
    void seek(Octets target, const Start& start) noexcept;
    Step next() noexcept;
    // Reads the first entry of that segment; Step::end where there is no such segment.
    Step read_first(std::size_t segment) noexcept;

    // The entries between the current one and the next one of its segment that is at or after some
    // bound.
    struct Skipped {
        Octets entries;  // as they are stored
        // The octets that the last key before the bound has in common with the bound. No key at or
        // after the bound has more in common with that key.
        Octets last;
    };
    // Skips the entries before `bound`; the current key must be before it. Nothing where they are
    // malformed. An empty bound is after all keys.
    std::optional<Skipped> skip_to(Octets bound) noexcept;
    // The part of the segment that was not read, without an entry at which skip_to() stopped.
    Octets rest() const noexcept { return rest_; }
    bool ends_segment() const noexcept { return rest_.empty() && !pending_; }
    // Whether next() is at the end of the block.
    bool ends_block() const noexcept { return ends_segment() && next_segment_ >= segments_; }
    BlockForm form() const noexcept { return has_payloads_ ? BlockForm::entries : BlockForm::keys; }

    Octets key() const noexcept { return {key_.data(), key_size_}; }
    Octets payload() const noexcept { return payload_; }
    // How many leading octets the key has in common with the entry before, at least.
    std::size_t shared() const noexcept { return shared_; }
    // The number of the symbol table that the block is packed with.
    std::uint8_t symbols() const noexcept { return symbols_of(block_); }
    // The key without the shared octets, as it is stored.
    Octets packed() const noexcept { return packed_; }
    // How many leading octets the last key before the target of the seek has in common with it;
    // nothing where no such key was met.
    std::optional<std::size_t> shared_before() const noexcept { return shared_before_; }

  private:
    struct Entry;
    bool read_entry(Entry& entry) noexcept;
    bool open_segment(std::size_t index) noexcept;
    std::optional<SymbolTable::Comparison> compare_first_key(std::size_t index,
                                                             Octets target) noexcept;
    std::optional<Skipped> skip_in_segment(Octets target, const Start& start) noexcept;
    bool unpack(const Entry& entry) noexcept;
    void skip_sharing(std::size_t match) noexcept;
    std::optional<Skipped> skip_to(Octets bound, std::size_t match) noexcept;

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

}  // namespace dnshist
