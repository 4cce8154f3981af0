// Opens a feed at the position where an earlier import of it ended, or at its start.
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
    // How much of it the store holds, if any. The feed is at that offset, unless it was stopped on
    // the way.
    std::optional<HistoryWriter::KnownFeed> known;
    std::uint64_t lines = 0;  // ends of line before that
};

// If several known feeds match, the one with the farthest position is taken. With `again`,
// those that were imported whole are ignored: another pass begins at the feed's start, or where the
// last such pass was interrupted. `identity`: see Feed. Throws FeedError.
OpenFeed open_feed(const std::string& path, int stop_descriptor,
                   std::vector<HistoryWriter::KnownFeed> known, bool again,
                   const std::string& identity = {});

}  // namespace dnshist::zonegen
