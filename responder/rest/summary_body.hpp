// The records of a selection added up: one object with "count", "num_results" and the times.
#pragma once

#include <cstdint>
#include <optional>

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

}  // namespace dnshist::responder
