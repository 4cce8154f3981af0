// A batch of observations to be merged into the store in one transaction.
//
// A batch copies observations into an arena, in the store's key form, and is sorted once
// before it is applied. So the store is written in key order, whatever the order of the feed.
//
// Real feeds repeat themselves. An observation that repeats one of the batch, at most the store's
// gap before or after it, widens that one and takes no memory. Repeats are found through a hash
// table with few places per bucket. A repeat that is not found, even because an attacker chose its
// hash, becomes an entry of its own and is merged when the batch is applied.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/base/arena.hpp"
#include "storage/base/huge_pages.hpp"
#include "storage/format/record_key.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/record/observation.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

class Batch {
  public:
    static constexpr std::uint32_t no_source = 0xffffffff;

    // One observation, or several merged. The record key and the rest of the RDATA follow it in
    // memory.
    struct Entry {
        std::uint16_t key_octets;
        std::uint16_t rest_octets;
        Witness witness;
        std::uint32_t source;  // an index of sources(), or no_source
        Period seen;
        std::uint64_t count;

        const std::uint8_t* octets() const noexcept {
            return reinterpret_cast<const std::uint8_t*>(this + 1);
        }
        Octets key() const noexcept { return {octets(), key_octets}; }
        Octets rdata_rest() const noexcept { return {octets() + key_octets, rest_octets}; }
    };

    // `gap` is the store's, in seconds.
    explicit Batch(std::uint32_t gap = default_gap, Counts counts = Counts::add) noexcept
        : gap_(gap), counts_(counts) {}
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    // Copies what the observation refers to. The owner and the RDATA must be valid.
    void add(const Observation& observation);
    void clear() noexcept;

    std::uint64_t observations() const noexcept { return observations_; }
    std::size_t size() { return entries().size(); }
    // An upper bound of size(), in constant time.
    std::size_t size_at_most() const noexcept {
        return entries_.size() + static_cast<std::size_t>(observations_ - settled_);
    }
    std::size_t octets() const noexcept;  // memory the entries take, roughly
    Counts counts() const noexcept { return counts_; }

    // Sorts by key. Observations added afterwards do not widen entries from before.
    void sort();
    std::span<const Entry* const> entries();
    // Each distinct source, encoded (storage/format/source_codec.hpp).
    std::span<const std::string> sources() const noexcept { return sources_; }

    // A sorted batch as octets, from which another process makes the same one
    // (storage/cluster/LAYOUT.md).
    void append_to(std::string& out);
    // Replaces what this has. False where the octets are malformed.
    bool read(OctetReader& in);

  private:
    // A bucket of the hash table: one cache line.
    struct alignas(64) Bucket {
        static constexpr std::size_t places = 5;
        std::array<Entry*, places> entries;
        std::array<std::uint32_t, places> hashes;
    };

    // An observation that is not among the entries yet. The cache lines of its bucket and of the
    // entry that it may repeat are being loaded while others are read.
    struct Waiting {
        RecordKey key;
        Entry entry;
        std::uint32_t hash;
    };

    // A source that was observed, and its numbers for owners outside of its bailiwick and inside.
    struct KnownSource {
        EncodableSource source;
        std::array<std::uint32_t, 2> numbers{no_source, no_source};
    };

    Bucket& bucket_of(std::uint32_t hash) noexcept {
        return buckets_[hash & (buckets_.size() - 1)];
    }
    void settle();
    void settle_first();
    void fetch_known(std::uint32_t hash) noexcept;
    bool widen(const Waiting& seen);
    Entry* keep(const Entry& entry, Octets key, Octets rest);
    void remember(std::uint32_t hash, Entry* entry);
    void grow_buckets();
    std::uint32_t intern(const Source* source, Octets owner_key);
    std::uint32_t number_of(const EncodableSource& source, bool holds_owner);

    Arena arena_;  // of entries with their keys
    std::uint32_t gap_;
    Counts counts_;
    std::uint64_t observations_ = 0;
    std::uint64_t settled_ = 0;  // observations that became entries or widened one
    std::vector<Waiting> waiting_;
    HugePageVector<Entry*> entries_;
    HugePageVector<Bucket> buckets_;  // a power of two
    std::vector<std::string> sources_;
    std::map<std::string, std::uint32_t, std::less<>> source_numbers_;
    std::string source_scratch_;
    // By the hash of the bailiwick: a resolver's observations have a few in turn.
    std::vector<KnownSource> known_sources_;
};

}  // namespace dnshist
