// Observations gathered to be merged into the store together.
//
// A batch copies each observation into one arena, in the store's key form, and is sorted once
// before it is applied; so the store is written in key order, whatever order the feed has.
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

namespace dnshist {

class Batch {
  public:
    static constexpr std::uint32_t no_source = 0xffffffff;

    // One observation as the store merges it.
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

    Batch() = default;
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    // Copies what the observation refers to. The owner and the RDATA must be valid.
    void add(const Observation& observation);
    void clear() noexcept;

    std::size_t size() const noexcept { return entries_.size(); }  // observations
    std::size_t octets() const noexcept;                           // memory they take, roughly

    // By key.
    void sort();
    std::span<const Entry> entries() const noexcept { return entries_; }
    // Each source named, in the form in which the store interns it (storage/source_text.hpp).
    std::span<const std::string> sources() const noexcept { return sources_; }

  private:
    std::uint8_t* room(std::size_t octets);
    std::uint32_t intern(const Source* source, Octets owner_key);

    static constexpr std::size_t slab_octets = std::size_t{1} << 20;
    std::vector<std::unique_ptr<std::uint8_t[]>> slabs_;
    std::size_t slabs_used_ = 0;
    std::uint8_t* next_ = nullptr;
    std::size_t left_ = 0;

    std::vector<Entry> entries_;
    std::vector<std::string> sources_;
    std::map<std::string, std::uint32_t, std::less<>> source_numbers_;
    std::string source_scratch_;
};

}  // namespace dnshist
