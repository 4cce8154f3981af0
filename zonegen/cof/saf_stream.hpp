// Streaming API Framing (SAF), in which DNSDB wraps its answers (docs.dnsdb.info, "DNSDB SAF
// Protocol"): every item is an object with "cond", "msg" and "obj"; the first has the condition
// begin, and the last says how it ended. A stream whose last condition is missing was cut short.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zonegen/feed/reader.hpp"

namespace dnshist::zonegen {

enum class SafCondition : std::uint8_t { begin, ongoing, succeeded, limited, failed };
std::optional<SafCondition> saf_condition(std::string_view text) noexcept;

// Follows the conditions of a feed, which may hold several streams one after the other, or none.
class SafStream {
  public:
    void see(SafCondition condition, std::string_view message);

    // Where every stream so far ended as it should. A stream that is open when the feed ends was
    // cut short.
    bool open() const noexcept { return open_; }
    bool seen() const noexcept { return seen_; }

    // What the streams said of themselves that their reader is to know: that there would have been
    // more (limited), or that they failed; with their message.
    std::optional<FeedRemark> remark() const;

  private:
    bool seen_ = false;
    bool open_ = false;
    SafCondition worst_ = SafCondition::succeeded;
    std::string message_;  // of the worst, fit for a terminal
};

}  // namespace dnshist::zonegen
