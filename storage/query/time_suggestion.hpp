// The time that somebody most likely meant who wrote none: 2019-6-1 for 2019-06-01, 2019-02-30 for
// the 28th, 90days for 90d.
#pragma once

#include <string_view>

#include "storage/base/text_writer.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// Writes it as the query language has it; nothing where none is near. `text` is in lower case.
void write_time_suggestion(TextWriter& out, std::string_view text, Seconds now) noexcept;

}  // namespace dnshist
