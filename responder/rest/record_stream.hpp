// The records of a selection, one after the other in the store's order, in slices of work. Between
// two slices only the place is kept, and nothing of the store.
#pragma once

#include <cstdint>

#include "responder/rest/selection.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/base/function_ref.hpp"

namespace dnshist::responder {

// Where a stream goes on: the index of the selection's query, and the place in that.
struct SelectionPlace {
    std::size_t query = 0;
    Lookup::StreamPlace in_query;
};

class RecordStream {
  public:
    explicit RecordStream(Selection selection, SelectionPlace place = {})
        : selection_(std::move(selection)), place_(place) {}

    // Calls take(const Finding&), which returns whether it took the finding, until one is not taken
    // or the budget (in units of WorkBudget) is spent. Throws where the store cannot be read.
    void run(Lookup& store, std::uint64_t budget, FunctionRef<bool(const Finding&)> take);

    // Everything was taken.
    bool ended() const noexcept { return place_.query >= selection_.queries.size(); }
    const SelectionPlace& place() const noexcept { return place_; }
    // Units of work of all slices.
    std::uint64_t spent() const noexcept { return spent_; }

  private:
    bool passes(Lookup& store, const StoredRecord& record) const;

    Selection selection_;
    SelectionPlace place_;
    std::uint64_t spent_ = 0;
};

}  // namespace dnshist::responder
