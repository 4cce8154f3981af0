#include "storage/text/time.hpp"

#include <array>
#include <chrono>
#include <cstring>

#include "storage/base/octets.hpp"
#include "storage/text/lower_case.hpp"

namespace dnshist {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;
using std::chrono::years;

constexpr std::int64_t seconds_per_minute = 60;
constexpr std::int64_t seconds_per_hour = 3600;
constexpr std::int64_t seconds_per_day = 86400;

std::optional<Seconds> in_range(std::int64_t since_epoch) noexcept {
    if (since_epoch < 0 || since_epoch > end_of_time.since_epoch) return std::nullopt;
    return Seconds{static_cast<std::uint32_t>(since_epoch)};
}

std::int64_t midnight(year_month_day date) noexcept {
    return sys_days(date).time_since_epoch().count() * seconds_per_day;
}

// Reads a text from the left; a part that is not there takes nothing.
class Scanner {
  public:
    explicit Scanner(std::string_view text) noexcept : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    // Exactly `count` digits (at most 9).
    std::optional<unsigned> digits(std::size_t count) noexcept {
        if (rest_.size() < count) return std::nullopt;
        unsigned value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (!is_digit(c)) return std::nullopt;
            value = value * 10 + static_cast<unsigned>(c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }
    // A number of any length; nothing where there is none, or where it exceeds 32 bits.
    std::optional<std::int64_t> number() noexcept {
        if (!next_is_digit()) return std::nullopt;
        std::int64_t value = 0;
        while (next_is_digit()) {
            value = value * 10 + (rest_.front() - '0');
            if (value > end_of_time.since_epoch) return std::nullopt;
            rest_.remove_prefix(1);
        }
        return value;
    }
    // One of these characters, given in lower case.
    bool take_one_of(std::string_view allowed) noexcept {
        if (rest_.empty() || allowed.find(to_lower(rest_.front())) == std::string_view::npos) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    // A point and digits, or nothing; false for a point without digits.
    bool skip_fraction() noexcept {
        if (!take_one_of(".")) return true;
        if (!next_is_digit()) return false;
        while (next_is_digit())
            rest_.remove_prefix(1);
        return true;
    }
    // The whole rest, in any case.
    bool rest_is(std::string_view word) const noexcept { return is_in_any_case(rest_, word); }

  private:
    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
    bool next_is_digit() const noexcept { return !rest_.empty() && is_digit(rest_.front()); }

    std::string_view rest_;
};

// Seconds since midnight of hh:mm:ss, or hhmmss without colons. A leap second is the second that
// follows it, as in POSIX.
std::optional<std::int64_t> clock_time(Scanner& in, bool colons = true) noexcept {
    const auto hour = in.digits(2);
    if (!hour || *hour > 23 || (colons && !in.take_one_of(":"))) return std::nullopt;
    const auto minute = in.digits(2);
    if (!minute || *minute > 59 || (colons && !in.take_one_of(":"))) return std::nullopt;
    const auto second = in.digits(2);
    if (!second || *second > 60) return std::nullopt;
    if (*second == 60 && !(*hour == 23 && *minute == 59)) return std::nullopt;
    return *hour * seconds_per_hour + *minute * seconds_per_minute + *second;
}

// The rest of the text: Z, +hh:mm or +hhmm, as seconds east of UTC. An empty rest is UTC.
std::optional<std::int64_t> zone_offset(Scanner& in) noexcept {
    if (in.at_end() || in.rest_is("z")) return 0;
    const bool east = in.take_one_of("+");
    if (!east && !in.take_one_of("-")) return std::nullopt;
    const auto hours = in.digits(2);
    if (!hours || *hours > 23) return std::nullopt;
    in.take_one_of(":");
    const auto minutes = in.digits(2);
    if (!minutes || *minutes > 59 || !in.at_end()) return std::nullopt;
    const std::int64_t offset = *hours * seconds_per_hour + *minutes * seconds_per_minute;
    return east ? offset : -offset;
}

std::optional<Period> period(std::int64_t begin, std::int64_t behind_end) noexcept {
    const std::optional<Seconds> first = in_range(begin);
    if (!first) return std::nullopt;
    // Only the last of years, months and days reaches beyond the end of time.
    return Period{*first, in_range(behind_end - 1).value_or(end_of_time)};
}

// 2019, 2019-06, 2019-06-01, 20190601, 2019-06-01T12:00:00Z, 20190601T120000Z.
std::optional<Period> calendar_period(std::string_view text) noexcept {
    Scanner in(text);
    const auto y = in.digits(4);
    if (!y) return std::nullopt;
    const year in_year{static_cast<int>(*y)};
    if (in.at_end()) {
        return period(midnight(in_year / 1 / 1), midnight((in_year + years(1)) / 1 / 1));
    }

    const bool dashes = in.take_one_of("-");
    const auto m = in.digits(2);
    if (!m || *m < 1 || *m > 12) return std::nullopt;
    const auto in_month = in_year / month{*m};
    if (dashes && in.at_end()) {
        return period(midnight(in_month / 1), midnight((in_month + months(1)) / 1));
    }

    if (dashes && !in.take_one_of("-")) return std::nullopt;
    const auto d = in.digits(2);
    if (!d || !(in_month / day{*d}).ok()) return std::nullopt;
    const std::int64_t begin = midnight(in_month / day{*d});
    if (in.at_end()) return period(begin, begin + seconds_per_day);

    if (!in.take_one_of("t")) return std::nullopt;
    const auto clock = clock_time(in, dashes);
    if (!clock || !in.rest_is("z")) return std::nullopt;
    return period(begin + *clock, begin + *clock + 1);
}

std::optional<std::int64_t> unit_seconds(const Scanner& in) noexcept {
    if (in.rest_is("s")) return 1;
    if (in.rest_is("m")) return seconds_per_minute;
    if (in.rest_is("h")) return seconds_per_hour;
    if (in.rest_is("d")) return seconds_per_day;
    if (in.rest_is("w")) return 7 * seconds_per_day;
    return std::nullopt;
}

// The same day and hour so many months earlier, or the month's last day where it is too short.
std::optional<Seconds> months_before(Seconds now, std::int64_t count) noexcept {
    // 1970 to 2106 has fewer than 1700 months: a larger number is out of range and would overflow.
    if (count > 2000) return std::nullopt;
    const std::int64_t midnight_now = now.since_epoch - now.since_epoch % seconds_per_day;
    const year_month_day today{sys_days(days(midnight_now / seconds_per_day))};
    year_month_day then = today - months(count);
    if (!then.ok()) then = then.year() / then.month() / std::chrono::last;
    return in_range(midnight(then) + (now.since_epoch - midnight_now));
}

// 90d, 12h, 3w, 6mo, 2y ...
std::optional<Seconds> age(std::string_view text, Seconds now) noexcept {
    Scanner in(text);
    const auto count = in.number();
    if (!count) return std::nullopt;
    if (in.rest_is("mo")) return months_before(now, *count);
    if (in.rest_is("y")) return months_before(now, *count * 12);
    const auto unit = unit_seconds(in);
    if (!unit) return std::nullopt;
    return in_range(now.since_epoch - *count * *unit);
}

// "00" to "99".
constexpr auto digit_pairs = [] {
    std::array<char, 200> pairs{};
    for (std::size_t i = 0; i < pairs.size() / 2; ++i) {
        pairs[2 * i] = static_cast<char>('0' + i / 10);
        pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
}();

}  // namespace

void write_time(TextWriter& out, Seconds time) noexcept {
    const std::uint32_t since_midnight = time.since_epoch % 86400;
    const year_month_day date{sys_days(days(time.since_epoch / 86400))};
    const auto y = static_cast<unsigned>(static_cast<int>(date.year()));

    std::array<char, 20> text{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0',
                              'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z'};
    const auto two_digits = [&text](std::size_t at, unsigned value) {
        std::memcpy(&text[at], &digit_pairs[std::size_t{2} * value], 2);
    };
    two_digits(0, y / 100);
    two_digits(2, y % 100);
    two_digits(5, static_cast<unsigned>(date.month()));
    two_digits(8, static_cast<unsigned>(date.day()));
    two_digits(11, since_midnight / 3600);
    two_digits(14, since_midnight / 60 % 60);
    two_digits(17, since_midnight % 60);
    out.put(std::string_view(text.data(), text.size()));
}

std::string time_text(Seconds time) {
    std::array<char, 20> room;
    TextWriter out(room);
    write_time(out, time);
    return std::string(out.text());
}

std::optional<Period> period_from_text(std::string_view text, Seconds now) noexcept {
    constexpr std::string_view epoch_word = "unix-";
    const bool is_epoch = text.starts_with(epoch_word);
    if (is_epoch || text.starts_with('@')) {
        Scanner in(text.substr(is_epoch ? epoch_word.size() : 1));
        const auto second = in.number();
        if (!second || !in.at_end()) return std::nullopt;
        return period(*second, *second + 1);
    }
    if (const auto named = calendar_period(text)) return named;
    const auto second = age(text, now);
    if (!second) return std::nullopt;
    return Period{*second, *second};
}

std::optional<Seconds> timestamp_from_text(std::string_view text) noexcept {
    Scanner epoch(text);
    if (const auto second = epoch.number()) {
        if (epoch.skip_fraction() && epoch.at_end()) return in_range(*second);
    }

    Scanner in(text);
    const auto y = in.digits(4);
    if (!y || !in.take_one_of("-")) return std::nullopt;
    const auto m = in.digits(2);
    if (!m || !in.take_one_of("-")) return std::nullopt;
    const auto d = in.digits(2);
    if (!d || !in.take_one_of("t ")) return std::nullopt;
    const year_month_day date = year{static_cast<int>(*y)} / month{*m} / day{*d};
    if (!date.ok()) return std::nullopt;
    const auto clock = clock_time(in);
    if (!clock || !in.skip_fraction()) return std::nullopt;
    const auto offset = zone_offset(in);
    if (!offset) return std::nullopt;
    return in_range(midnight(date) + *clock - *offset);
}

std::optional<std::uint32_t> duration_from_text(std::string_view text) noexcept {
    Scanner in(text);
    const auto count = in.number();
    if (!count) return std::nullopt;
    const auto unit = in.at_end() ? 1 : unit_seconds(in);
    if (!unit) return std::nullopt;
    const auto length = in_range(*count * *unit);
    if (!length) return std::nullopt;
    return length->since_epoch;
}

Seconds now_utc() noexcept {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return in_range(std::chrono::floor<std::chrono::seconds>(now).count()).value_or(end_of_time);
}

}  // namespace dnshist
