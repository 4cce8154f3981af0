// The fields of a COF object, and the kinds of value that they hold.
//
// Brings simdjson along: for the sources of the COF reader only.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/result.hpp"
#include "storage/rrtype.hpp"
#include "storage/time.hpp"
#include "zonegen/json_element.hpp"
#include "zonegen/reject.hpp"

namespace dnshist::cof {

// "WHAT PROBLEM".
std::string in_words(std::string_view what, std::string_view problem);

// The fields that are read, of all dialects.
enum Field : std::size_t {
    rrname,
    rrtype,
    rrclass,
    rdata,
    time_first,
    time_last,
    zone_time_first,
    zone_time_last,
    count,
    zone_count,
    runs,
    zone_runs,
    sources,
    sensor_id,
    origin,
    bailiwick,
    // Of what is around a record: SAF's frame, NMSG's.
    obj,
    message,
    cond,
    msg,
    field_count
};

std::string_view field_name(Field field) noexcept;

// Those that are there; a field that is null is not.
using Fields = std::array<std::optional<dom::element>, field_count>;
Fields fields_of(dom::object object);

// Seconds since 1970 as a number, fractions cut off, or a time as text.
Read<Seconds> read_time(Field field, dom::element value);

Reject bad_time(Field field, std::string_view problem);

// A whole number of 64 bits without sign, as a number or as text.
Read<std::uint64_t> read_count(Field field, dom::element value);

// Text, or a whole number as text; nothing for what is neither.
std::optional<std::string> read_label(dom::element value);

// A mnemonic, TYPEnnn or a number; no type that only queries have.
Read<Rrtype> read_type(dom::element value);

}  // namespace dnshist::cof
