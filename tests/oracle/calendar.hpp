// Times as a question says them, with a calendar of its own that counts day by day.
#pragma once

#include <cstdint>
#include <string>

namespace dnshist::oracle {

using Time = std::int64_t;  // seconds since 1970

inline constexpr Time day_seconds = 86400;
inline constexpr Time last_second = 0xffffffff;

// Both ends included.
struct Interval {
    Time begin;
    Time end;

    bool operator==(const Interval&) const = default;
};

inline bool has_common_second(Interval a, Interval b) {
    return a.begin <= b.end && b.begin <= a.end && a.begin <= a.end && b.begin <= b.end;
}
inline bool is_within(Time time, Interval interval) {
    return interval.begin <= time && time <= interval.end;
}

struct Date {
    int year;
    int month;  // from 1
    int day;    // from 1
};

int days_in_month(int year, int month);
Time midnight(Date date);
Date date_of(Time time);

// A time in a question: the word, and what it stands for.
struct Moment {
    std::string text;
    Interval period;
};

Moment year_around(Time time);                // 2019
Moment month_around(Time time);               // 2019-06
Moment day_around(Time time);                 // 2019-06-01
Moment day_around_without_dashes(Time time);  // 20190601
Moment second_at(Time time);                  // 2019-06-01T12:00:00Z
Moment epoch_at(Time time);                   // @1559347200
Moment seconds_before(Time now, Time count);  // 90s: one second, as with all ages
Moment minutes_before(Time now, Time count);  // 90m
Moment hours_before(Time now, Time count);    // 12h
Moment days_before(Time now, Time count);     // 90d
Moment weeks_before(Time now, Time count);    // 3w
Moment months_before(Time now, Time count);   // 6mo: the same day of the month, or its last
Moment years_before(Time now, Time count);    // 2y

}  // namespace dnshist::oracle
