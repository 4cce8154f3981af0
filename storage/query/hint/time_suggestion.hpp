// A suggestion for a malformed time: 2019-06-01 for 2019-6-1, 2019-02-28 for 2019-02-30, 90d for
// 90days.
#pragma once

#include <string_view>

#include "storage/base/text_writer.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// Writes a time in the form of the query language; nothing where there is no suggestion. `text` is
// in lower case.
void write_time_suggestion(TextWriter& out, std::string_view text, Seconds now) noexcept;

}  // namespace dnshist
