// Items that are JSON objects, and their members.
//
// Includes simdjson: for the sources of parsers only.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/text/time.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

namespace dom = simdjson::dom;

// A JSON parser for items of Feed::max_item_octets at most.
dom::parser item_parser();

// Feed::padding_octets behind the item must be readable.
Read<dom::object> parse_object(dom::parser& parser, std::string_view item);

bool has_member(dom::object object, std::string_view name);
// The member of that name, if it is text.
std::optional<std::string_view> text_member(dom::object object, std::string_view name);
// The same for an unsigned integer of 64 bits.
std::optional<std::uint64_t> number_member(dom::object object, std::string_view name);
std::optional<dom::object> object_member(dom::object object, std::string_view name);
std::optional<dom::array> array_member(dom::object object, std::string_view name);

// Seconds since 1970, or a timestamp as text (storage/text/time.hpp), without fractions. An error
// if it is missing or neither.
Read<Seconds> time_member(dom::object object, std::string_view name);
// A timestamp as text; `name` is that of its field.
Read<Seconds> time_from_log(std::string_view name, std::string_view text);

}  // namespace dnshist::zonegen
