// Where the pages of CIRCL's API continue. Its cursor is a number, and a place in the store is a
// key of up to 800 octets: so the places are kept here, the latest of all clients, and the cursor
// is the number of one.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "responder/rest/record_stream.hpp"

namespace dnshist::responder {

// For any thread.
class PageCursors {
  public:
    // Beyond this many, the oldest place is forgotten: some 4 MB.
    static constexpr std::size_t most = 4096;

    PageCursors();

    // The number of a place in the answer to `request`: 1 to 2^63-1.
    std::uint64_t add(std::string_view request, const SelectionPlace& place);
    // Nothing where the number is of another request, or forgotten.
    std::optional<SelectionPlace> find(std::uint64_t number, std::string_view request);

  private:
    struct Entry {
        std::uint64_t number = 0;
        std::size_t request = 0;  // its hash
        SelectionPlace place;
    };

    std::mutex mutex_;
    std::uint64_t next_;
    std::vector<Entry> entries_;  // by the number's remainder
};

}  // namespace dnshist::responder
