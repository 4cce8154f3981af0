// Observations gathered to be merged into the store together.
//
// A batch copies what is observed into one arena, in the store's key form, and is sorted once
// before it is applied; so the store is written in key order, whatever order the feed has.
//
// Real feeds say the same thing again and again. What repeats an observation of the batch, and was
// seen no more than the gap before or after it, widens that one instead of taking memory of its
// own. They are found through a hash table that looks at few places: one that is not found,
// whatever an attacker makes of the hashes, is kept by itself and merged when the batch is applied.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/observation.hpp"
#include "storage/record_key.hpp"
#include "storage/visibility.hpp"

namespace dnshist {

// What becomes of the count of what is observed again: the sum, or the larger one, for feeds that
// report totals.
enum class Counts : std::uint8_t { add, max };

class Batch {
  public:
    static constexpr std::uint32_t no_source = 0xffffffff;

    // One observation, or several as one, as the store merges it.
    struct Entry {
        const std::uint8_t* octets;  // the record key, then the rest of the RDATA
        std::uint16_t key_octets;
        Witness witness;
        std::uint16_t rest_octets;
        std::uint32_t source;  // an index of sources(), or no_source
        Period seen;
        std::uint64_t count;

        Octets key() const noexcept { return {octets, key_octets}; }
        Octets rdata_rest() const noexcept { return {octets + key_octets, rest_octets}; }
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
    std::size_t size() const noexcept { return entries_.size(); }  // entries
    std::size_t octets() const noexcept;                           // memory they take, roughly
    Counts counts() const noexcept { return counts_; }

    // By key. What is added afterwards repeats nothing of before.
    void sort();
    std::span<const Entry> entries() const noexcept { return entries_; }
    // Each source named, in the form in which the store interns it (storage/source_text.hpp).
    std::span<const std::string> sources() const noexcept { return sources_; }

  private:
    // Where a repeat of an entry is found.
    struct Slot {
        std::uint32_t hash;
        std::uint32_t entry;  // an index of entries_, and one; 0 for none
    };

    bool widen(const Entry& seen, std::uint32_t hash);
    void remember(std::uint32_t hash, std::size_t entry);
    void grow_slots();
    std::uint8_t* room(std::size_t octets);
    std::uint32_t intern(const Source* source, Octets owner_key);

    static constexpr std::size_t slab_octets = std::size_t{1} << 20;
    std::vector<std::unique_ptr<std::uint8_t[]>> slabs_;
    std::size_t slabs_used_ = 0;
    std::uint8_t* next_ = nullptr;
    std::size_t left_ = 0;

    std::uint32_t gap_;
    Counts counts_;
    std::uint64_t observations_ = 0;
    std::vector<Entry> entries_;
    std::vector<Slot> slots_;  // a power of two
    std::vector<std::string> sources_;
    std::map<std::string, std::uint32_t, std::less<>> source_numbers_;
    std::string source_scratch_;
};

}  // namespace dnshist
