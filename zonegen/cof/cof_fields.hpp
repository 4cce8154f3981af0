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
#include <variant>

#include "storage/base/result.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/time.hpp"
#include "zonegen/feed/json_item.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen::cof {

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
    others,  // that are not read
    field_count
};

std::string_view field_name(Field field) noexcept;
Field field_of(std::string_view key) noexcept;

// What a field holds: nothing where it is not there, or null; text or a whole number without sign,
// as nearly all do; or what else JSON has.
class Value {
  public:
    Value() = default;
    Value(std::string_view text) : is_(text) {}
    Value(std::uint64_t number) : is_(number) {}
    Value(dom::element value);

    explicit operator bool() const noexcept { return is_.index() != 0; }
    // Null where it is none.
    const std::string_view* text() const noexcept { return std::get_if<std::string_view>(&is_); }
    const std::uint64_t* number() const noexcept { return std::get_if<std::uint64_t>(&is_); }
    // What else it is; nothing where it is no T.
    template <class T>
    std::optional<T> as() const noexcept {
        T value{};
        const auto* const item = std::get_if<dom::element>(&is_);
        if (item == nullptr || item->get(value) != simdjson::SUCCESS) return std::nullopt;
        return value;
    }

  private:
    std::variant<std::monostate, std::string_view, std::uint64_t, dom::element> is_;
};

using Fields = std::array<Value, field_count>;
Fields fields_of(dom::object object);

// Seconds since 1970 as a number, fractions cut off, or a time as text.
Read<Seconds> read_time(Field field, const Value& value);

Reject bad_time(Field field, std::string_view problem);

// A whole number of 64 bits without sign, as a number or as text.
Read<std::uint64_t> read_count(Field field, const Value& value);

// Text, or a whole number as text; nothing for what is neither.
std::optional<std::string> read_label(const Value& value);

// A mnemonic, TYPEnnn or a number; no type that only queries have.
Read<Rrtype> read_type(const Value& value);

}  // namespace dnshist::zonegen::cof
