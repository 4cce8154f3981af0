// A feed opened where an earlier import of it ended: at its start where there was none.
//
// A feed is known by its content, not by its name: by a digest of its first octets, and of all that
// the store has taken from it. So a file that was moved, compressed or has grown is known again.
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
    // What the store holds of it, where it holds something: the feed stands at that offset, unless
    // it was stopped on the way.
    std::optional<HistoryWriter::KnownFeed> known;
    std::uint64_t lines = 0;  // ends of line before that
};

// Of several that fit, the one that got farthest. With `again`, feeds that were imported whole are
// not looked at: another pass over one begins at its start, or where the last such pass was broken
// off. `identity`: see Feed. Throws FeedError.
OpenFeed open_feed(const std::string& path, int stop_descriptor,
                   std::vector<HistoryWriter::KnownFeed> known, bool again,
                   const std::string& identity = {});

}  // namespace dnshist::zonegen
