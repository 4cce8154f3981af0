#include "storage/query/hint/time_suggestion.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace dnshist {

namespace {

// Removes the number at the front; empty where there is none.
std::optional<unsigned> remove_number(std::string_view& text) noexcept {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

bool remove_one_of(std::string_view& text, std::string_view allowed) noexcept {
    if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

void put_two_digits(TextWriter& out, unsigned value) noexcept {
    if (value < 10) out.put('0');
    out.put_decimal(value);
}

// A day that has a name, as its date: an age is a second, in which hardly anything was seen.
void write_named_day(TextWriter& out, std::string_view text, Seconds now) noexcept {
    constexpr std::uint32_t day = 86400;
    const bool before = text == "yesterday" && now.since_epoch >= day;
    if (text != "now" && text != "today" && !before) return;
    constexpr std::size_t date_size = 10;
    std::array<char, 32> room;
    TextWriter time(room);
    write_time(time, Seconds{now.since_epoch - (before ? day : 0)});
    out.put(time.text().substr(0, date_size));
}

// An age: 90days, 3-weeks, 2years-ago. A small number alone means days.
void write_age(TextWriter& out, std::string_view text) noexcept {
    using Pair = std::pair<std::string_view, std::string_view>;
    constexpr std::array units{Pair{"sec", "s"}, Pair{"min", "m"}, Pair{"mo", "mo"}, Pair{"h", "h"},
                               Pair{"d", "d"},   Pair{"w", "w"},   Pair{"y", "y"}};
    const auto number = remove_number(text);
    if (!number) return;
    remove_one_of(text, "-_ ");
    if (text.empty() && *number > 999) return;
    for (const auto& [beginning, unit] : units) {
        if (!text.starts_with(beginning) && !(text.empty() && unit == "d")) continue;
        out.put_decimal(*number);
        out.put(unit);
        return;
    }
}

// Missing parts are 0.
struct Date {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;

    void clamp_to_calendar() noexcept {
        using namespace std::chrono;
        if (month == 0 && day == 0) return;
        month = std::clamp(month, 1U, 12U);
        if (day == 0) return;
        const std::chrono::year in_year(static_cast<int>(year));
        const auto end = year_month_day_last(in_year, month_day_last(std::chrono::month(month)));
        day = std::min(day, static_cast<unsigned>(end.day()));
    }
};

// 2019-6-1, 2019/06, 20191301, 01.06.2019.
std::optional<Date> remove_date(std::string_view& text) noexcept {
    std::array<unsigned, 3> numbers{};
    std::size_t count = 0;
    do {
        const auto number = remove_number(text);
        if (!number) break;
        numbers[count++] = *number;
    } while (count < numbers.size() && remove_one_of(text, "-/._ "));
    Date date{numbers[0], numbers[1], numbers[2]};
    if (count == 1 && date.year > 999'999) {
        date = {date.year / 10000, date.year / 100 % 100, date.year % 100};
    } else if (count == 1 && date.year > 9999) {
        date = {date.year / 100, date.year % 100, 0};
    }
    if (date.day > 999) {
        std::swap(date.year, date.day);
        if (date.month > 12) std::swap(date.month, date.day);
    }
    if (date.year < 1970 || date.year > 2105) return std::nullopt;
    date.clamp_to_calendar();
    return date;
}

// 12, 12:00, 12:00:00, 120000; parts that are too large become the last second possible.
void write_clock(TextWriter& out, std::string_view& text) noexcept {
    char before = 'T';
    bool past = false;
    // 120000 and 1200, as the basic form has them.
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const bool is_basic = digits == 4 || digits == 6;
    for (const unsigned most : {23U, 59U, 59U}) {
        out.put(before);
        std::string_view part = is_basic ? text.substr(0, 2) : text;
        const std::size_t size = part.size();
        const unsigned number = remove_number(part).value_or(0);
        text.remove_prefix(size - part.size());
        past = past || number > most;
        put_two_digits(out, past ? most : number);
        remove_one_of(text, ":.");
        before = ':';
    }
    out.put('Z');
}

void write_date(TextWriter& out, std::string_view text) noexcept {
    const auto date = remove_date(text);
    if (!date) return;
    out.put_decimal(date->year);
    for (const unsigned part : {date->month, date->day}) {
        if (part == 0) continue;
        out.put('-');
        put_two_digits(out, part);
    }
    if (date->day != 0 && remove_one_of(text, "t_ ")) write_clock(out, text);
}

// Fewer digits would be a time before the DNS.
void write_epoch(TextWriter& out, std::string_view text) noexcept {
    constexpr std::size_t fewest = 8;
    if (text.size() < fewest) return;
    out.put('@');
    out.put(text);
}

}  // namespace

void write_time_suggestion(TextWriter& out, std::string_view text, Seconds now) noexcept {
    const std::size_t before = out.size();
    write_named_day(out, text, now);
    if (out.size() > before) return;
    for (const auto write : {write_date, write_age, write_epoch}) {
        write(out, text);
        if (period_from_text(out.text().substr(before), now)) return;
        out.rewind(before);
    }
}

}  // namespace dnshist
