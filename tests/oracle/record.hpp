// A record with all that was seen of it, and what follows from that: its runs, its first and last
// time, its count, and when it appeared and went away.
#pragma once

#include <string>
#include <vector>

#include "tests/oracle/calendar.hpp"
#include "tests/oracle/rdata.hpp"

namespace dnshist::oracle {

// The store's: what was seen again no more than this later had not gone away.
inline constexpr Time gap = 30 * day_seconds;

struct Sighting {
    bool in_zone_file;  // by a sensor otherwise
    Interval seen;
    std::uint64_t count;
};

// An event of the view changes. A record that went away and came back has several.
struct Event {
    Time time;
    bool appeared;  // went away otherwise
};

struct Record {
    // Given.
    Labels owner;
    Rdata rdata;
    std::vector<Sighting> sightings;

    // Following from that; work_out() fills it in.
    std::string owner_key;
    std::string owner_text;
    std::string resource_record;  // OWNER TYPE RDATA
    std::vector<Interval> sensor_runs;
    std::vector<Interval> zone_runs;
    std::uint64_t sensor_count = 0;
    std::uint64_t zone_count = 0;
    std::vector<Interval> runs;  // of both kinds together
    std::vector<Event> events;   // oldest first

    Time first() const { return runs.front().begin; }
    Time last() const { return runs.back().end; }
    std::uint64_t count() const { return sensor_count + zone_count; }
    // Only those who may see registrations know of it, and only where they name the type.
    bool is_personal() const { return rdata.type == type::WHOIS; }

    void work_out();
    // `newest`: the latest time of which the store knows anything.
    void work_out_events(Time newest);
};

// The intervals in order; the next is one with the one before where it begins no more than
// `distance` after its end.
std::vector<Interval> joined(std::vector<Interval> intervals, Time distance);

}  // namespace dnshist::oracle
