// SIGINT, SIGTERM and SIGHUP as a request that long work looks at between two steps, and that ends
// a wait.
#pragma once

namespace dnshist::zonegen {

class StopSignal {
  public:
    // Takes the signals over, for as long as it lives. One at a time in a process.
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    // Becomes readable with the request, for who waits in poll().
    int descriptor() const noexcept { return read_end_; }
    // For who works on between two looks.
    bool requested() const noexcept;

  private:
    int read_end_ = -1;
};

}  // namespace dnshist::zonegen
