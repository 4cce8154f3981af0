// Points in time: whole seconds UTC since 1970, in 32 bits unsigned (until 2106).
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/text_writer.hpp"

namespace dnshist {

struct Seconds {
    std::uint32_t since_epoch = 0;

    friend auto operator<=>(const Seconds&, const Seconds&) = default;
};

inline constexpr Seconds end_of_time{std::numeric_limits<std::uint32_t>::max()};

// A span of time, both ends included. A single second has begin == end.
struct Period {
    Seconds begin;
    Seconds end;

    friend auto operator<=>(const Period&, const Period&) = default;
};

// RFC 3339 in UTC to the second: 2019-06-01T12:00:00Z, always 20 characters.
void write_time(TextWriter& out, Seconds time) noexcept;
std::string time_text(Seconds time);

// One point or period of time as a person writes it:
//   2019, 2019-06, 2019-06-01, 20190601     that whole year, month or day
//   2019-06-01T12:00:00Z 20190601T120000Z   that second; t and z may be in lower case
//   @1559347200 unix-1559347200             a second since 1970
//   90d 12h 3w 6mo 2y (also s, m for minutes)   the second so long before `now`
// Nothing where it is none of these or lies outside 1970 to 2106.
std::optional<Period> period_from_text(std::string_view text, Seconds now) noexcept;

// A feed's timestamp: RFC 3339 or "2018-03-27 10:43:28" (UTC), fractions of a second cut off, or a
// number of seconds since 1970 in text. Nothing where it is none of these or out of range.
std::optional<Seconds> timestamp_from_text(std::string_view text) noexcept;

// A length of time: a number and s, m, h, d or w (30d), or a plain number of seconds.
std::optional<std::uint32_t> duration_from_text(std::string_view text) noexcept;

// The clock of the machine.
Seconds now_utc() noexcept;

}  // namespace dnshist
