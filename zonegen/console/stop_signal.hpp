// SIGINT, SIGTERM and SIGHUP as a request to stop, which long work polls between two steps or waits
// for.
#pragma once

namespace dnshist::zonegen {

class StopSignal {
  public:
    // Handles the signals during its lifetime. There can be one at a time in a process.
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    // Becomes readable with the request, for use with poll().
    int descriptor() const noexcept { return read_end_; }
    bool requested() const noexcept;

  private:
    int read_end_ = -1;
};

}  // namespace dnshist::zonegen
