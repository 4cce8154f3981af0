// Cuts DNS messages out of one direction of a TCP stream, in which each is preceded by its length
// in two octets (RFC 1035, section 4.2.2).
//
// A capture may begin within a connection or have gaps. The message boundary is then unknown until
// a segment begins like a message: senders mostly begin a segment with a message or with the length
// of one.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "storage/base/octets.hpp"
#include "zonegen/capture/aged_map.hpp"

namespace dnshist::zonegen {

class TcpMessages {
  public:
    // The kinds of messages in this direction, as the ports say.
    struct Expected {
        bool queries;
        bool responses;
    };
    // `time` is that of the last segment that holds a part of the message.
    using Deliver = std::function<void(Octets message, PacketTime time)>;

    // The stream starts here: the next octet begins a message.
    void start() noexcept;
    // There is a gap before the next segment.
    void gap() noexcept;
    // Adds the payload of the next segment in order. False if it or octets before it were dropped
    // since the message boundary is unknown.
    bool add(Octets segment, PacketTime time, Expected expected, const Deliver& deliver);

    // Octets held: less than a message and its length.
    std::size_t octets() const noexcept { return pending_.size(); }

  private:
    enum class Guess : std::uint8_t { message, too_short, other };
    static Guess guess(Octets octets, Expected expected) noexcept;

    bool find_boundary(Octets segment, Expected expected);
    bool deliver_messages(PacketTime time, const Deliver& deliver);

    bool aligned_ = false;  // pending_ begins with the length of a message
    std::vector<std::uint8_t> pending_;
    PacketTime time_{};  // of the latest segment in pending_
};

}  // namespace dnshist::zonegen
