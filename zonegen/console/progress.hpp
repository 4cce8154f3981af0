// How far long work has got, said now and then: a line that is written anew on a terminal, a line
// every ten seconds elsewhere.
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
    std::uint64_t octets_before = 0;  // done when it started: a feed that is resumed
};

// "feed.json: 12.4 MB of 50.1 MB (24 %), 312000 observations/s, 0:07 left".
std::string progress_text(const std::string& name, const ProgressState& state);

// "12.4 MB", in powers of ten.
std::string octets_text(std::uint64_t octets);

// When it is time to say where the work stands, and how.
class ProgressLine {
  public:
    using Clock = std::chrono::steady_clock;

    explicit ProgressLine(Terminal& terminal);

    bool due() const { return Clock::now() >= next_; }
    void tell(const std::string& text);
    double seconds() const;  // since it was made

  private:
    Terminal& terminal_;
    Clock::time_point started_;
    Clock::time_point next_;
};

// The progress of an import.
class Progress {
  public:
    Progress(Terminal& terminal, std::string name, std::uint64_t octets_before);

    // Says where the work stands, if it is time for that.
    void update(std::uint64_t octets, std::uint64_t total, std::uint64_t observations);

  private:
    ProgressLine line_;
    std::string name_;
    std::uint64_t octets_before_;
};

}  // namespace dnshist::zonegen
