// A reader: the content of a feed in one format, taken item by item and given as observations.
//
// An item is what the format is made of: a line, a JSON object, a frame, a packet. A reader takes a
// item from the feed only after all that it holds was given, so that the feed's position always
// says what the observations so far came from; an item that the content ends within stays where it
// is, since the feed may grow.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/observation.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

// Where a reader gives what it finds.
struct Sink {
    // The observation is good for the call.
    std::function<void(const Observation&)> observe;
    // `place` is the item's number, from 1: of a line, a frame or a packet. `item` is its text
    // where it has one, else what a person is to see of it ("example.com. A 192.0.2.1").
    std::function<void(std::uint64_t place, std::string_view item, const Reject&)> refuse;
};

// Where in the feed reading begins.
struct ReadingStart {
    std::uint64_t lines = 0;  // ends of line before it
    bool within = false;      // an import of this content was broken off there
    // Where an import of this content ended once, as its end; 0: nowhere. What a reader then gave
    // of what it held, it does not hold any more behind that.
    std::uint64_t ended_at = 0;
};

// What a reader says of a feed as a whole, once it was read.
struct FeedRemark {
    bool failed = false;  // the feed is not all that it should be
    std::string text;     // for a person, without the feed's path
};

class Reader {
  public:
    Reader() = default;
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Reads one item. False at the end of what can be read: see Feed::state().
    virtual bool next() = 0;

    virtual std::vector<FeedRemark> remarks() const { return {}; }
};

}  // namespace dnshist::zonegen
