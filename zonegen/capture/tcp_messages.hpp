// DNS messages cut out of one direction of a TCP connection, where each has its length in two
// octets before it (RFC 1035, section 4.2.2).
//
// A capture may begin within a connection, or lack some of it. Then it is not known where a message
// begins, until a segment begins like one: senders mostly begin a segment with a message, or with
// the length of one.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "storage/base/octets.hpp"
#include "zonegen/capture/aged_map.hpp"

namespace dnshist::zonegen {

class TcpMessages {
  public:
    // What may travel in this direction, as the ports say.
    struct Expected {
        bool questions;
        bool responses;
    };
    // The message, and the time of the last segment that has some of it.
    using Deliver = std::function<void(Octets message, PacketTime time)>;

    // What follows begins a message.
    void begin() noexcept;
    // Octets are missing between what came and what follows.
    void lose() noexcept;
    // What a segment has. False where it was passed over, or something before it was, since no
    // message was seen to begin there.
    bool add(Octets segment, PacketTime time, Expected expected, const Deliver& deliver);

    // Octets held: less than a message with its length.
    std::size_t octets() const noexcept { return pending_.size(); }

  private:
    enum class Look : std::uint8_t { message, too_short_to_tell, something_else };
    static Look look_at(Octets octets, Expected expected) noexcept;

    bool find_beginning(Octets segment, Expected expected);
    bool give(PacketTime time, const Deliver& deliver);

    bool aligned_ = false;  // pending_ begins with a message's length
    std::vector<std::uint8_t> pending_;
    PacketTime time_{};  // of the latest segment in pending_
};

}  // namespace dnshist::zonegen
