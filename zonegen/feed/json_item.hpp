// JSON objects as items of a feed, and the values that logs keep in them.
//
// Brings simdjson along: for the sources of readers only.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/text/time.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

namespace dom = simdjson::dom;

// A parser for items of Feed::max_item_octets at most.
dom::parser item_parser();

// The item is followed by Feed::padding_octets that may be read.
Read<dom::object> parse_object(dom::parser& parser, std::string_view item);

// The member of that name where there is one that is text.
std::optional<std::string_view> text_member(dom::object object, std::string_view name);
// The same of a whole number without sign of 64 bits.
std::optional<std::uint64_t> number_member(dom::object object, std::string_view name);
// Whether there is one that is true.
bool flag_member(dom::object object, std::string_view name);
std::optional<dom::object> object_member(dom::object object, std::string_view name);
std::optional<dom::array> array_member(dom::object object, std::string_view name);

// Seconds since 1970, or a timestamp as text (storage/text/time.hpp); fractions are cut off. An
// error where it is missing or neither.
Read<Seconds> time_member(dom::object object, std::string_view name);
// The same as text.
Read<Seconds> time_from_log(std::string_view name, std::string_view text);

}  // namespace dnshist::zonegen
