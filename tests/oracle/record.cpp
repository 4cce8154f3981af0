#include "tests/oracle/record.hpp"

#include <algorithm>

namespace dnshist::oracle {

std::vector<Interval> joined(std::vector<Interval> intervals, Time distance) {
    std::sort(intervals.begin(), intervals.end(),
              [](Interval a, Interval b) { return a.begin < b.begin; });
    std::vector<Interval> out;
    for (const Interval next : intervals) {
        if (!out.empty() && next.begin - out.back().end <= distance) {
            out.back().end = std::max(out.back().end, next.end);
        } else {
            out.push_back(next);
        }
    }
    return out;
}

void Record::work_out() {
    owner_key = key_of(owner);
    owner_text = text_of(owner);
    resource_record = owner_text + ' ' + type_text(rdata.type) + ' ' + rdata.text;

    for (const Sighting& sighting : sightings) {
        (sighting.in_zone_file ? zone_runs : sensor_runs).push_back(sighting.seen);
        (sighting.in_zone_file ? zone_count : sensor_count) += sighting.count;
    }
    sensor_runs = joined(sensor_runs, gap);
    zone_runs = joined(zone_runs, gap);

    std::vector<Interval> all = sensor_runs;
    all.insert(all.end(), zone_runs.begin(), zone_runs.end());
    runs = joined(all, gap);
}

void Record::work_out_events(Time newest) {
    for (const Interval& run : runs) {
        events.push_back({run.begin, true});
        const bool is_last = &run == &runs.back();
        // It is unknown whether the record is still there until more than the gap has passed.
        if (!is_last || newest - run.end > gap) events.push_back({run.end, false});
    }
}

}  // namespace dnshist::oracle
