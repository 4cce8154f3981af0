// The packets of a capture file, pcap or pcapng, from a feed.
//
// The position of the feed moves only by whole packets, so it always stands between two of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/octets.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/pcap/packet_time.hpp"

namespace dnshist::zonegen {

// By its first four octets.
bool looks_like_capture(std::string_view head) noexcept;

// "EN10MB" for 1; "number 147" for one without a name.
std::string link_type_name(int link_type);

class CaptureFile {
  public:
    // The feed is at its start and outlives this object. problem() says whether it is a capture.
    // `at_mark`, if set, is called when the position of the feed is about to become `mark`, which
    // was a position between two packets in an earlier run.
    static std::unique_ptr<CaptureFile> open(Feed& feed, std::uint64_t mark = 0,
                                             std::function<void()> at_mark = {});
    virtual ~CaptureFile() = default;
    CaptureFile(const CaptureFile&) = delete;
    CaptureFile& operator=(const CaptureFile&) = delete;

    struct CapturedPacket {
        int link_type;  // libpcap's DLT value
        Octets frame;   // as much as was captured; valid until the next call
        std::optional<PacketTime> time;
    };
    // Nothing at the end of what can be read: see problem() and Feed::state(). Consumes the
    // previous packet if take() did not.
    virtual std::optional<CapturedPacket> next() = 0;

    // Consumes the packet that next() returned.
    void take();

    // Why reading stopped, if not at the end of the feed or at damage in it; else empty.
    const std::string& problem() const noexcept { return problem_; }
    // Whether the feed ends within a packet, or within another block of the file.
    bool is_cut() const noexcept {
        return feed_.state() == Feed::State::ended && (within_block_ || !feed_.ahead().empty());
    }

  protected:
    CaptureFile(Feed& feed, std::uint64_t mark, std::function<void()> at_mark)
        : feed_(feed), mark_(mark), at_mark_(std::move(at_mark)) {}

    Feed& feed_;
    std::uint64_t mark_;
    std::size_t read_ahead_ = 0;  // octets of the feed that were read but not consumed
    std::string problem_;
    bool within_block_ = false;  // a part of a block was consumed, and the rest is not there

  private:
    std::function<void()> at_mark_;
};

}  // namespace dnshist::zonegen
