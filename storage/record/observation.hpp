// One observation of a feed: a record, an interval in which it was seen, a count, and where.
#pragma once

#include <cstdint>
#include <string>

#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// The place where a record was seen, as COF names it; any part may be empty. `bailiwick` is a
// domain name in presentation form.
struct Source {
    std::string sensor_id;
    std::string origin;
    std::string bailiwick;

    bool empty() const noexcept { return sensor_id.empty() && origin.empty() && bailiwick.empty(); }
    friend auto operator<=>(const Source&, const Source&) = default;
};

// How an observation was made: by a sensor on the wire, or in a copy of the zone (COF's
// zone_time_*).
enum class Witness : std::uint8_t { sensor, zone };

// The count of a record that is observed again: the sum, or the larger one, for feeds that report
// totals.
enum class Counts : std::uint8_t { add, max };

// A view of the feed's current item: a caller that keeps it copies it. A count of 0 extends the
// interval without adding to the count.
struct Observation {
    Octets owner;  // uncompressed wire form, any case
    Rrtype type;
    Octets rdata;  // canonical (storage/record/rdata.hpp)
    Witness witness = Witness::sensor;
    Period seen;  // begin <= end
    std::uint64_t count = 1;
    const Source* source = nullptr;  // or none named
};

}  // namespace dnshist
