// Progress of long work: the status line of a terminal, or a line every ten seconds elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "zonegen/console/terminal.hpp"

namespace dnshist::zonegen {

struct ProgressState {
    std::uint64_t octets = 0;  // of the file, done
    std::uint64_t total = 0;   // octets of the file; 0 where unknown
    std::uint64_t observations = 0;
    double seconds = 0;               // since the start
    std::uint64_t octets_before = 0;  // done before the start, of a feed that is resumed
};

// "feed.json: 12.4 MB of 50.1 MB (24 %), 312000 observations/s, 0:07 left".
std::string progress_text(const std::string& name, const ProgressState& state);

// "12.4 MB", in powers of ten.
std::string octets_text(std::uint64_t octets);

// Reports progress at intervals.
class ProgressLine {
  public:
    using Clock = std::chrono::steady_clock;

    explicit ProgressLine(Terminal& terminal);

    // Whether it is time for the next report.
    bool due() const { return Clock::now() >= next_; }
    void tell(const std::string& text);
    double seconds() const;  // since construction

  private:
    Terminal& terminal_;
    Clock::time_point started_;
    Clock::time_point next_;
};

}  // namespace dnshist::zonegen
