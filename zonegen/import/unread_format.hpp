// Formats that are recognised but not read, and the way to one that is.
#pragma once

#include <optional>
#include <string_view>

namespace dnshist::zonegen {

// What the feed is and what to do, by the content's first octets: "text in UTF-16, which is not
// read: ...". Nothing if it may be in a format that is read, or is unknown.
std::optional<std::string_view> unread_format_of(std::string_view head) noexcept;

}  // namespace dnshist::zonegen
