// A finding is what a view makes of one or more records; it becomes one line.
//
//     history, pivot   a record; with runs, each interval in which it was seen
//     names            an owner, with all of its records that pass the filters
//     summary          a record type, likewise
//     changes          an event: a record appeared, or disappeared
//     seen             all records together
//     lookalike        an owner, as in names
//     cohost           a record that pointed where the name did, at the same time
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/history/cursor.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// The views are valid until the visitor returns.
struct Finding {
    // Together these identify the finding within one walk, and ascend in the store's order.
    std::uint32_t ordinal = 0;
    std::uint16_t part = 0;  // of several that one record makes, the oldest first

    Period seen{};            // of an event: its time, twice
    std::uint64_t count = 0;  // in cohost: seconds
    bool count_known = true;  // false: `count` is that of all runs of the record together
    const StoredRecord* record = nullptr;  // null in names and summary
    Octets owner = {};                     // in names: key form
    std::span<const Rrtype> types = {};    // in names: ascending; in summary: the one
    std::uint64_t values = 0;              // in summary: how many records
    bool appeared = false;                 // in changes; false: it disappeared
    std::string_view trick = {};           // in lookalike: how the name differs
};

}  // namespace dnshist
