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

// Whether there is a request at such a descriptor. A negative one has none.
bool stop_requested(int descriptor) noexcept;

}  // namespace dnshist::zonegen
