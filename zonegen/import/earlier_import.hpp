// Finds what an earlier import with other options has taken of a feed, so that this one does not
// count it again.
//
// The earlier import is repeated beside this one, item by item, without writing anything: the feed
// is read a second time with the earlier options, as far as that import got. An observation that
// both make is in the store already. This needs no memory but that of one item's observations, and
// no knowledge of what an option means.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

#include "storage/format/store_types.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/import/reading.hpp"

namespace dnshist::zonegen {

class EarlierImport {
  public:
    // The feed is at its start.
    EarlierImport(std::unique_ptr<Feed> feed, const FeedPosition& position, Reading reading);
    EarlierImport(const EarlierImport&) = delete;
    EarlierImport& operator=(const EarlierImport&) = delete;

    // Whether it took the observation, which the item at `at` of the feed gives. The calls are in
    // the order of the feed. If it took an equal observation once, only the first one is found.
    bool took(const Observation& observation, std::uint64_t at);

  private:
    std::unique_ptr<Feed> feed_;
    std::uint64_t until_;  // where it ended
    RecordFilter filter_;
    std::unordered_multiset<std::string> taken_;  // of the item before the feed's position
    Sink sink_;
    std::unique_ptr<Reader> reader_;
};

}  // namespace dnshist::zonegen
