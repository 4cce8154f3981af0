// Where a name pointed, and when: for what pointed there at the same time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/history/cursor.hpp"
#include "storage/pivot/pivot_value.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

class SharedValues {
  public:
    struct Value {
        OctetBuffer<max_pivot_octets> octets;  // pivot value
        Rrtype type;                           // of the records that held it
        std::vector<Period> runs;              // oldest first, apart from each other
    };

    void clear() noexcept { values_.clear(); }
    // A record of the name, with its runs.
    void add(Rrtype type, Octets rdata, std::span<const Period> runs);
    // To be called after the last record. Values ascend afterwards.
    void sort();

    std::span<const Value> values() const noexcept { return values_; }
    bool contain(Octets value) const noexcept { return find(value) != values_.end(); }

    // The time that a record with these runs shared with the name, within the window.
    struct Overlap {
        Period seen;            // the first and the last moment at which both were there
        std::uint64_t seconds;  // how long both were there
    };
    std::optional<Overlap> overlap(Rrtype type, Octets rdata, std::span<const Period> runs,
                                   Period window) const;

  private:
    std::vector<Value>::const_iterator find(Octets value) const noexcept;

    std::vector<Value> values_;
};

}  // namespace dnshist
