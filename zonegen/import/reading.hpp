// The choices that decide which observations a feed gives: its format, and the options of the
// import.
//
// An import with other options reads another part of the same feed. So the store keeps the reading
// of a feed beside its position (FeedPosition::reading), as text: an import with another reading
// can then tell what the earlier one took (earlier_import.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zonegen/feed/time_limit.hpp"
#include "zonegen/import/feed_format.hpp"
#include "zonegen/import/record_filter.hpp"

namespace dnshist::zonegen {

struct Reading {
    FeedFormat format{};
    ReaderOptions options;
    RecordFilter filter;
    std::uint32_t ahead = TimeLimit::usual_ahead;
    // Items say when they were so; the time of the options is for those that do not.
    bool items_have_times = false;
};

// Two readings of one text give the same observations of any feed, apart from their sensor_id. The
// text has only what matters for the format; the time of a zone's copy is not in it, as the same
// copy at another time is another feed (Feed::distinguish).
//
//     dnstap trust=all types=client,resolver ahead=172800
//     include example.com
std::string reading_text(const Reading& reading);

// Nothing if it is not understood: a later version has written it.
std::optional<Reading> reading_from_text(std::string_view text);

}  // namespace dnshist::zonegen
