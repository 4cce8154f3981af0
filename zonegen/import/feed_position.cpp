#include "zonegen/import/feed_position.hpp"

#include <algorithm>
#include <tuple>

namespace dnshist::zonegen {

namespace {

// Keeps the feeds whose head is that of `at_hand`, sorted by offset.
void keep_candidates(std::vector<HistoryWriter::KnownFeed>& known, const Feed& at_hand,
                     bool again) {
    std::erase_if(known, [&](const HistoryWriter::KnownFeed& feed) {
        const FeedPosition& position = feed.position;
        if (position.offset == 0 || (again && position.whole)) return true;
        if (position.head_octets > at_hand.head().size()) return true;
        return at_hand.head_digest(position.head_octets) != position.head;
    });
    std::ranges::sort(known, {}, [](const HistoryWriter::KnownFeed& feed) {
        return std::tuple(feed.position.offset, feed.position.whole);
    });
}

}  // namespace

OpenFeed open_feed(const std::string& path, int stop_descriptor,
                   std::vector<HistoryWriter::KnownFeed> known, bool again,
                   const std::string& identity) {
    OpenFeed open;
    open.feed = std::make_unique<Feed>(path, stop_descriptor, identity);
    if (!open.feed->rereadable()) return open;
    keep_candidates(known, *open.feed, again);

    std::uint64_t lines = 0;
    for (const HistoryWriter::KnownFeed& candidate : known) {
        if (!open.feed->skip_to(candidate.position.offset, lines)) break;
        if (open.feed->digest() == candidate.position.prefix) {
            open.known = candidate;
            open.lines = lines;
        }
    }
    const std::uint64_t wanted = open.known ? open.known->position.offset : 0;
    if (open.feed->position() != wanted) {
        open.feed = std::make_unique<Feed>(path, stop_descriptor, identity);
        lines = 0;
        if (!open.feed->skip_to(wanted, lines) && open.feed->state() != Feed::State::stopped) {
            throw FeedError(path + " changed while it was being read; import it again");
        }
    }
    return open;
}

}  // namespace dnshist::zonegen
