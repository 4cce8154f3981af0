// The credit of an HTTP/2 connection, counted in frames. All that costs work and asks nothing uses
// it up, and answers earn it (RFC 9113, section 10.5).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace dnshist::responder {

class Http2Credit {
  public:
    // A reset costs so much; any other frame costs one.
    static constexpr int of_reset = 10;
    // The head of an answer earns so much.
    static constexpr int of_answer = 4;

    // False, as of all that spend, once the credit is used up.
    bool spend(int credit) noexcept {
        left_ -= credit;
        return left_ > 0;
    }
    // A frame of so many octets, its head among them, that nghttp2 does not ignore.
    bool frame_begins(std::size_t octets, bool is_reset) noexcept {
        charged_ += octets;
        return spend(is_reset ? of_reset : 1);
    }
    // So many octets were received. Those in frames that nghttp2 ignores are charged here: frames
    // of unknown types, and of closed streams.
    bool receive(std::size_t octets) noexcept {
        received_ += octets;
        if (received_ < charged_ + ignored_octets) return true;
        const std::uint64_t units = (received_ - charged_) / ignored_octets;
        charged_ += units * ignored_octets;
        return spend(static_cast<int>(units));
    }

    void earn(std::size_t credit) noexcept {
        left_ = std::min(left_ + static_cast<int>(credit), full);
    }
    // So many octets of content were sent.
    void send(std::size_t octets) noexcept { earn(1 + octets / sent_octets); }

  private:
    static constexpr int full = 1000;
    static constexpr std::size_t sent_octets = 2048;     // for one frame received
    static constexpr std::uint64_t ignored_octets = 64;  // that cost as much as a frame

    int left_ = full;
    std::uint64_t received_ = 0;  // octets since the connection began
    std::uint64_t charged_ = 0;   // of them, in frames that were charged
};

}  // namespace dnshist::responder
