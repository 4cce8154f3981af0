// The packets of a capture file, pcap or pcapng, which libpcap reads from a feed.
//
// libpcap reads from a FILE. That FILE reads ahead in the feed without consuming anything; the
// position of the feed moves only by whole packets, so it always stands between two packets.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/octets.hpp"
#include "zonegen/capture/aged_map.hpp"
#include "zonegen/feed/feed.hpp"

struct pcap;  // libpcap's

namespace dnshist::zonegen {

// By its first four octets.
bool looks_like_capture(std::string_view head) noexcept;

class CaptureFile {
  public:
    // The feed is at its start and outlives this object. problem() says whether it is a capture.
    // `at_mark`, if set, is called when the position of the feed is about to become `mark`, which
    // was a position between two packets in an earlier run.
    explicit CaptureFile(Feed& feed, std::uint64_t mark = 0, std::function<void()> at_mark = {});

    // libpcap's DLT value; valid if there is no problem.
    int link_type() const noexcept { return link_type_; }

    struct CapturedPacket {
        Octets frame;  // as much as was captured; valid until the next call
        PacketTime time;
    };
    // Nothing at the end of what can be read: see problem() and Feed::state(). Consumes the
    // previous packet if take() did not.
    std::optional<CapturedPacket> next();

    // Consumes the packet that next() returned.
    void take();

    // Packets that were skipped, since their time is invalid (after 2106).
    std::uint64_t invalid_times() const noexcept { return invalid_times_; }

    // Why reading stopped, if not at the end of the feed or at damage in it; else empty. If the
    // feed ends within a packet, octets are left ahead in it.
    const std::string& problem() const noexcept { return problem_; }

  private:
    struct Close {
        void operator()(pcap* capture) const noexcept;
    };
    static ssize_t read_feed(void* self, char* to, std::size_t size);

    void open();
    void note_end(const char* error);

    Feed& feed_;
    std::uint64_t mark_;
    std::function<void()> at_mark_;
    std::size_t read_ahead_ = 0;  // octets of the feed that libpcap has read but nobody consumed
    std::unique_ptr<pcap, Close> capture_;
    int link_type_ = -1;
    std::uint64_t invalid_times_ = 0;
    std::string problem_;
};

}  // namespace dnshist::zonegen
