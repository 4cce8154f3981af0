// The packets of a capture file, pcap or pcapng, as libpcap reads them from a feed.
//
// libpcap reads from a FILE; that file is a window onto the feed, in which reading ahead takes
// nothing: only with a whole packet does the feed's position move, so that it always stands between
// two packets.
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
    // The feed stands at its start, and outlives this. See problem() for whether it is a capture.
    // `at_mark`, where there is one, is called when the feed's position is about to become `mark`,
    // which is where it was once between two packets.
    explicit CaptureFile(Feed& feed, std::uint64_t mark = 0, std::function<void()> at_mark = {});

    // As libpcap numbers them (DLT). Where there is no problem.
    int link_type() const noexcept { return link_type_; }

    struct CapturedPacket {
        Octets frame;  // what was captured of it; good until the next call
        PacketTime time;
    };
    // Nothing at the end of what can be read: see problem(), and Feed::state(). Takes the packet
    // given before if take() did not.
    std::optional<CapturedPacket> next();

    // Moves the feed's position behind the packet that next() gave.
    void take();

    // Of packets read, those whose time is none (after 2106): they were passed over.
    std::uint64_t without_time() const noexcept { return without_time_; }

    // Why nothing more can be read, where that is not the feed's end or damage; else empty. A feed
    // may end within a packet: then octets are ahead in it.
    const std::string& problem() const noexcept { return problem_; }

  private:
    struct Close {
        void operator()(pcap* capture) const noexcept;
    };
    static ssize_t read_window(void* self, char* to, std::size_t size);

    void open();
    void note_end(const char* said);

    Feed& feed_;
    std::uint64_t mark_;
    std::function<void()> at_mark_;
    std::size_t window_ = 0;  // octets ahead in the feed that libpcap has read
    std::unique_ptr<pcap, Close> capture_;
    int link_type_ = -1;
    std::uint64_t without_time_ = 0;
    std::string problem_;
};

}  // namespace dnshist::zonegen
