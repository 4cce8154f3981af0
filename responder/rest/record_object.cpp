#include "responder/rest/record_object.hpp"

#include "storage/text/time.hpp"

namespace dnshist::responder {

namespace {

void add_time(JsonObject& object, std::string_view name, Seconds time, bool human) {
    if (human) {
        object.string(name, time_text(time));
    } else {
        object.number(name, time.since_epoch);
    }
}

// The first that is known.
void add_bailiwick(JsonObject& object, Lookup& store, const StoredRecord& record) {
    for (const std::uint32_t number : record.sources()) {
        const auto source = store.snapshot().source(number, record.owner);
        if (source && !source->bailiwick.empty()) {
            object.string("bailiwick", source->bailiwick);
            return;
        }
    }
}

}  // namespace

bool is_of_zone_files(const StoredRecord& record, Period seen) {
    const Sightings sightings = record.sightings();
    return !sightings.zone.empty() && !sightings.sensor.during(seen);
}

void add_times(JsonObject& object, Period seen, bool in_zone_files, bool human) {
    add_time(object, in_zone_files ? "zone_time_first" : "time_first", seen.begin, human);
    add_time(object, in_zone_files ? "zone_time_last" : "time_last", seen.end, human);
}

void append_object(std::string& out, Lookup& store, const Finding& finding,
                   const ObjectStyle& style) {
    const StoredRecord& record = *finding.record;
    JsonObject object(out);
    if (finding.count_known) object.number("count", finding.count);
    add_times(object, finding.seen,
              style.zone_times_apart && is_of_zone_files(record, finding.seen), style.human_times);
    add_cof_record(object, record.owner, record.type, record.rdata, style.record);
    if (style.bailiwick) add_bailiwick(object, store, record);
    object.string_unless_empty("origin", style.origin);
    object.close();
}

}  // namespace dnshist::responder
