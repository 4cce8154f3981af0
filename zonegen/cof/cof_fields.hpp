// The fields of a COF object and their values.
//
// Includes simdjson: for the sources of the COF parser only.
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

// The fields of all dialects that are read.
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
    // Fields of the objects around records: SAF's, NMSG's and Spamhaus'.
    obj,
    message,
    records,
    cond,
    msg,
    others,  // all that are not read
    field_count
};

std::string_view field_name(Field field) noexcept;
Field field_of(std::string_view key) noexcept;

// The value of a field: empty if the field is absent or null; text or an unsigned integer, as
// nearly all are; or another JSON value.
class Value {
  public:
    Value() = default;
    Value(std::string_view text) : is_(text) {}
    Value(std::uint64_t number) : is_(number) {}
    Value(dom::element value);

    explicit operator bool() const noexcept { return is_.index() != 0; }
    // Null if it is of another kind.
    const std::string_view* text() const noexcept { return std::get_if<std::string_view>(&is_); }
    const std::uint64_t* number() const noexcept { return std::get_if<std::uint64_t>(&is_); }
    // Another JSON value as a T; nothing if it is no T.
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

// Reads a flat object, of texts, unsigned integers and nulls, as nearly every item is: in one pass,
// without the tree that simdjson's DOM builds, which takes longer. Feed::padding_octets behind the
// item must be readable. The fields are valid until the next call of the same parser and as long as
// the item is. False if the item is none, which may still be JSON; then the fields are unspecified.
bool read_flat_object(simdjson::ondemand::parser& parser, std::string_view item, Fields& fields);

// Seconds since 1970 as a number, fractions cut off, or a time as text.
Read<Seconds> read_time(Field field, const Value& value);

Reject bad_time(Field field, std::string_view problem);

// An unsigned integer of 64 bits, as a number or as text.
Read<std::uint64_t> read_count(Field field, const Value& value);

// Text, or an integer converted to text. Nothing if it is neither.
std::optional<std::string> read_label(const Value& value);

// A mnemonic, TYPEnnn or a number; not a type of queries only.
Read<Rrtype> read_type(const Value& value);

}  // namespace dnshist::zonegen::cof
