// Finds out how much of a feed the store holds, and moves the feed behind that.
//
// A feed is recognised by its content, not by its name: by the digests of its first octets and of
// everything that the store has taken from it. So a file is recognised after it was moved or
// compressed, or has grown.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/history/history_writer.hpp"
#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen {

struct OpenFeed {
    std::unique_ptr<Feed> feed;
    // The earlier import with the same reading, if any. The feed is at its offset, unless it was
    // stopped on the way.
    std::optional<HistoryWriter::KnownFeed> known;
    std::uint64_t lines = 0;  // ends of line before that
    // Earlier imports with other readings: of each reading the one that got farthest.
    std::vector<HistoryWriter::KnownFeed> others;
};

// The feed is at its start. If several known feeds match, the one with the farthest position is
// taken; one without a reading matches any. With `again`, those that were imported whole are
// ignored: another pass begins at the feed's start, or where the last such pass was interrupted.
// Throws FeedError.
OpenFeed recognise(std::unique_ptr<Feed> feed, std::vector<HistoryWriter::KnownFeed> known,
                   bool again, const Digest& reading);

}  // namespace dnshist::zonegen
