// How long senders are left to themselves between two reads.
//
// A resolver may send each frame by itself, and to be woken for each costs several times what the
// frame does. So all that came is read, and then nothing for a while, so that the next read brings
// more. The pause grows while reads bring little and shrinks when they bring much: a sender's
// socket holds some 200 KB, small frames with all that the kernel adds, and must not fill.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace dnshist::zonegen {

class ReadPause {
  public:
    using Duration = std::chrono::microseconds;

    static constexpr std::uint64_t little = 8 << 10;
    static constexpr std::uint64_t much = 32 << 10;
    static constexpr Duration step{500};
    static constexpr Duration longest{10'000};

    // The pause after so many octets have been read; none where nothing came.
    Duration after(std::uint64_t octets) noexcept {
        if (octets == 0) return Duration{0};
        if (octets < little) pause_ = std::min(pause_ + step, longest);
        if (octets > much) pause_ /= 2;
        return pause_;
    }

  private:
    Duration pause_{0};
};

}  // namespace dnshist::zonegen
