#include "tests/oracle/calendar.hpp"

#include <algorithm>

namespace dnshist::oracle {

namespace {

bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

std::string two_digits(Time value) {
    return std::to_string(100 + value).substr(1);
}

// From the first second of `begin` to the last before `behind`, or to the end of time.
Interval from_to(Date begin, Date behind) {
    return {midnight(begin), std::min(midnight(behind) - 1, last_second)};
}

Moment before(Time present, Time count, const char* unit, Time seconds) {
    const Time then = present - count * seconds;
    return {std::to_string(count) + unit, {then, then}};
}

Moment months_and_years_before(Time present, Time months, std::string text) {
    Date date = date_of(present);
    for (; months > 0; --months) {
        if (--date.month == 0) {
            date.month = 12;
            --date.year;
        }
    }
    date.day = std::min(date.day, days_in_month(date.year, date.month));
    const Time then = midnight(date) + present % day_seconds;
    return {std::move(text), {then, then}};
}

}  // namespace

int days_in_month(int year, int month) {
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

Time midnight(Date date) {
    Time days = date.day - 1;
    for (int year = 1970; year < date.year; ++year)
        days += is_leap(year) ? 366 : 365;
    for (int month = 1; month < date.month; ++month)
        days += days_in_month(date.year, month);
    return days * day_seconds;
}

Date date_of(Time time) {
    Time days = time / day_seconds;
    Date date{1970, 1, 1};
    while (days >= (is_leap(date.year) ? 366 : 365)) {
        days -= is_leap(date.year) ? 366 : 365;
        ++date.year;
    }
    while (days >= days_in_month(date.year, date.month)) {
        days -= days_in_month(date.year, date.month);
        ++date.month;
    }
    date.day += static_cast<int>(days);
    return date;
}

Moment year_around(Time time) {
    const Date date = date_of(time);
    return {std::to_string(date.year), from_to({date.year, 1, 1}, {date.year + 1, 1, 1})};
}

Moment month_around(Time time) {
    const Date date = date_of(time);
    const Date first{date.year, date.month, 1};
    Date next = first;
    if (++next.month == 13) next = {date.year + 1, 1, 1};
    return {std::to_string(date.year) + '-' + two_digits(date.month), from_to(first, next)};
}

Moment day_around(Time time) {
    const Date date = date_of(time);
    const Time begin = midnight(date);
    return {std::to_string(date.year) + '-' + two_digits(date.month) + '-' + two_digits(date.day),
            {begin, std::min(begin + day_seconds - 1, last_second)}};
}

Moment day_around_without_dashes(Time time) {
    Moment day = day_around(time);
    std::erase(day.text, '-');
    return day;
}

Moment second_at(Time time) {
    const Time clock = time % day_seconds;
    return {day_around(time).text + 'T' + two_digits(clock / 3600) + ':' +
                two_digits(clock / 60 % 60) + ':' + two_digits(clock % 60) + 'Z',
            {time, time}};
}

Moment epoch_at(Time time) {
    return {'@' + std::to_string(time), {time, time}};
}

Moment seconds_before(Time present, Time count) {
    return before(present, count, "s", 1);
}

Moment minutes_before(Time present, Time count) {
    return before(present, count, "m", 60);
}

Moment hours_before(Time present, Time count) {
    return before(present, count, "h", 3600);
}

Moment days_before(Time present, Time count) {
    return before(present, count, "d", day_seconds);
}

Moment weeks_before(Time present, Time count) {
    return before(present, count, "w", 7 * day_seconds);
}

Moment months_before(Time present, Time count) {
    return months_and_years_before(present, count, std::to_string(count) + "mo");
}

Moment years_before(Time present, Time count) {
    return months_and_years_before(present, 12 * count, std::to_string(count) + 'y');
}

}  // namespace dnshist::oracle
