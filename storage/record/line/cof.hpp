// A record with its visibility as a COF object (draft-dulaunoy-dnsop-passive-dns-cof): one line of
// JSON, without the end of line.
//
// These fields go beyond the draft. They are written only where the draft's cannot say it, so that
// an import of an export gives an equal store:
//     "runs": [[first,last], ...]         where there is more than one run
//     "zone_runs": [[first,last], ...]    likewise for zone_time_*
//     "zone_count": N                     where a record has both kinds of times: "count" is the
//                                         sensors' then, this the zone files'
//     "sources": [{"sensor_id": ...}]     where there is more than one source
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "storage/base/json.hpp"
#include "storage/base/octets.hpp"
#include "storage/record/observation.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

// How the reader of the objects wants a record.
struct CofStyle {
    FinalDots dots = FinalDots::written;  // of the owner too
    bool rdata_in_array = false;          // as its only element
};

// Adds "rrname", "rrtype" and "rdata".
void add_cof_record(JsonObject& object, Octets owner_key, Rrtype type, Octets rdata,
                    CofStyle style = {});

// "count" and "zone_count" are left out where they are not known of these sightings alone.
enum class CofCounts : std::uint8_t { written, left_out };

// Appends to `out`. `sources` are those of the record, in the store's order.
void append_cof(std::string& out, Octets owner_key, Rrtype type, Octets rdata,
                const Sightings& sightings, std::span<const Source> sources,
                CofCounts counts = CofCounts::written);

}  // namespace dnshist
