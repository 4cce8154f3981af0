// A finding as the COF object (draft-dulaunoy-dnsop-passive-dns-cof) that a family of clients
// reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/answer/lookup.hpp"
#include "storage/finding/finding.hpp"
#include "storage/record/line/cof.hpp"

namespace dnshist::responder {

// What an object has beside the record, its count and its times. One pair of times is written:
// time_first and time_last, or the pair of zone files where no sensor saw the record.
struct ObjectStyle {
    CofStyle record;
    bool zone_times_apart = true;  // false: time_first and time_last are always written
    bool bailiwick = false;        // of a source that has one
    bool human_times = false;      // RFC 3339 instead of seconds since 1970
    std::string origin;            // or none
};

// Appends the object. The count is left out where it is not known of this run alone.
void append_object(std::string& out, Lookup& store, const Finding& finding,
                   const ObjectStyle& style);

// Adds "time_first" and "time_last", or the same with "zone_" in front.
void add_times(JsonObject& object, Period seen, bool in_zone_files, bool human);

// Whether the record was seen in zone files alone during that time.
bool is_of_zone_files(const StoredRecord& record, Period seen);

}  // namespace dnshist::responder
