// The records of a selection added up: all of them, as one object with "count", "num_results" and
// the times; or those of each owner or RDATA by themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "responder/rest/record_body.hpp"
#include "responder/rest/record_stream.hpp"
#include "responder/rest/sliced_body.hpp"

namespace dnshist::responder {

struct SummaryLimits {
    std::uint64_t records;  // that are added up
    std::uint64_t count;    // no further record is added once the sum is larger
    std::uint64_t work;     // units of WorkBudget
};

class SummaryBody : public SlicedBody {
  public:
    SummaryBody(RecordStream stream, Framing framing, bool human_times, SummaryLimits limits)
        : stream_(std::move(stream)),
          framing_(framing),
          human_times_(human_times),
          limits_(limits) {}

    std::uint64_t given() const noexcept { return records_; }

  protected:
    void write(Lookup& store, std::string& text, std::size_t room) override;
    bool fail(std::string& text, std::string_view why) override;

  private:
    bool add(const Finding& finding);
    void write_object(std::string& text) const;
    void write_sum(std::string& text) const;

    RecordStream stream_;
    Framing framing_;
    bool human_times_;
    SummaryLimits limits_;
    bool begun_ = false;
    bool more_ = false;  // records than may be added
    std::uint64_t records_ = 0;
    std::uint64_t count_ = 0;
    // By sensors, and in zone files where no sensor saw the record.
    std::optional<Period> seen_;
    std::optional<Period> seen_in_zone_files_;
};

struct FlexStyle {
    bool by_value = false;     // by RDATA
    bool verbose = true;       // with counts and times
    bool human_times = false;  // RFC 3339 instead of seconds since 1970
};

// What DNSDB's flexible search gives, in the framing of version 2: a line for each owner and type,
// or for each RDATA and type, of the records that follow each other there. `limits` count lines.
class FlexBody : public SlicedBody {
  public:
    FlexBody(RecordStream stream, FlexStyle style, RecordLimits limits)
        : stream_(std::move(stream)), style_(style), limits_(limits) {}

    std::uint64_t given() const noexcept { return given_; }

  protected:
    void write(Lookup& store, std::string& text, std::size_t room) override;
    bool fail(std::string& text, std::string_view why) override;

  private:
    bool take(const Finding& finding, std::string& text, std::size_t enough);
    void begin_line(const StoredRecord& record);
    void end_line(std::string& text);

    RecordStream stream_;
    FlexStyle style_;
    RecordLimits limits_;
    bool begun_ = false;
    bool more_ = false;  // than may be given
    std::uint64_t passed_ = 0;
    std::uint64_t given_ = 0;
    std::uint64_t too_long_ = 0;

    // The line that records are added to, if there is one: what they have in common, and its
    // members in JSON.
    std::string key_;
    std::string members_;
    std::uint64_t count_ = 0;
    // By sensors, and in zone files where no sensor saw the record.
    std::optional<Period> seen_;
    std::optional<Period> seen_in_zone_files_;
};

}  // namespace dnshist::responder
