// Streaming API Framing (SAF), in which DNSDB wraps its answers (docs.dnsdb.info, "DNSDB SAF
// Protocol"). Every item is an object with "cond", "msg" and "obj". The condition of the first is
// "begin", that of the last tells how the stream ended. A stream without it was cut short.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zonegen/feed/reader.hpp"

namespace dnshist::zonegen {

enum class SafCondition : std::uint8_t { begin, ongoing, succeeded, limited, failed };
std::optional<SafCondition> saf_condition(std::string_view text) noexcept;

// Follows the conditions in a feed, which may hold several streams one after the other, or none.
class SafStream {
  public:
    void see(SafCondition condition, std::string_view message);

    // Whether the last stream has not ended. At the end of the feed: whether it was cut short.
    bool open() const noexcept { return open_; }
    // Whether there was any condition.
    bool seen() const noexcept { return seen_; }

    // The worst condition with which a stream ended, and its message: limited (the source holds
    // more than it sent) or failed. Nothing if all succeeded.
    std::optional<FeedRemark> remark() const;

  private:
    bool seen_ = false;
    bool open_ = false;
    SafCondition worst_ = SafCondition::succeeded;
    std::string message_;  // of the worst, fit for a terminal
};

}  // namespace dnshist::zonegen
