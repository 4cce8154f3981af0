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

// Replaces the import with the same reading, which did not get as far.
void keep_farthest(std::vector<HistoryWriter::KnownFeed>& others,
                   const HistoryWriter::KnownFeed& candidate) {
    std::erase_if(others, [&](const HistoryWriter::KnownFeed& other) {
        return other.position.reading == candidate.position.reading;
    });
    others.push_back(candidate);
}

}  // namespace

OpenFeed recognise(std::unique_ptr<Feed> feed, std::vector<HistoryWriter::KnownFeed> known,
                   bool again, const Digest& reading) {
    OpenFeed open;
    open.feed = std::move(feed);
    if (!open.feed->rereadable()) return open;
    keep_candidates(known, *open.feed, again);

    std::uint64_t lines = 0;
    for (const HistoryWriter::KnownFeed& candidate : known) {
        const FeedPosition& position = candidate.position;
        if (!open.feed->skip_to(position.offset, lines)) break;
        if (open.feed->digest() != position.prefix) continue;
        if (position.reading == reading || position.reading == Digest{}) {
            open.known = candidate;
            open.lines = lines;
        } else {
            keep_farthest(open.others, candidate);
        }
    }
    const std::uint64_t wanted = open.known ? open.known->position.offset : 0;
    if (open.feed->position() != wanted) {
        open.feed = open.feed->from_start();
        lines = 0;
        if (!open.feed->skip_to(wanted, lines) && open.feed->state() != Feed::State::stopped) {
            throw FeedError(open.feed->name() +
                            " changed while it was being read; import it again");
        }
    }
    return open;
}

}  // namespace dnshist::zonegen
