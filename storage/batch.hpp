// Observations gathered to be merged into the store together.
//
// A batch copies each observation into one arena, in the store's key form, and is sorted once before
// it is applied; so the store is written in key order, whatever order the feed has.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "storage/observation.hpp"

namespace dnshist {

class Batch {
  public:
    Batch();
    ~Batch();
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    // Copies what the observation refers to. The owner and the RDATA must be valid.
    void add(const Observation& observation);
    void clear() noexcept;

    std::size_t size() const noexcept;    // observations
    std::size_t octets() const noexcept;  // memory they take, roughly

  private:
    friend class HistoryWriter;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist
