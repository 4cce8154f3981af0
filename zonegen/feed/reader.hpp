// A reader turns the content of a feed, in one format, into observations.
//
// A format consists of items: lines, JSON objects, frames or packets. A reader consumes an item
// from the feed after it has passed on all its observations, so that the feed's position always
// tells what the observations so far came from. An item that is not complete at the end of the
// content is not consumed, since the feed may grow.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/observation.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

using CheckTime = std::function<std::optional<Reject>(Period seen)>;

// Receives what a reader finds.
struct Sink {
    // The observation is valid during the call.
    std::function<void(const Observation&)> observe;
    // `number` is the line, frame or packet, from 1. `item` is its text, or of a binary item a
    // description for the operator ("example.com. A 192.0.2.1").
    std::function<void(std::uint64_t number, std::string_view item, const Reject&)> refuse;
    // Asked before `observe`: why nothing can have been seen then (time_limit.hpp). Empty: all
    // times are believed.
    CheckTime check_time = {};
};

// The position at which reading begins.
struct ReadingStart {
    std::uint64_t lines = 0;  // ends of line before it
    bool within = false;      // an import of this content was interrupted there
    // The end of the content when it was imported whole, before it grew; 0: never. There
    // a reader flushes its state again, as it did at the end of that import.
    std::uint64_t ended_at = 0;
};

// A finding about a feed as a whole, after it has been read.
struct FeedRemark {
    bool failed = false;    // the feed is incomplete or unusable
    std::string text;       // for the operator, without the feed's path
    bool left_out = false;  // options left something out that others take
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
