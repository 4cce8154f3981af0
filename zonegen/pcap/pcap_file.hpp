// The packets of a file in the format pcap, which libpcap reads from a FILE. That FILE reads ahead
// in the feed without consuming anything.
#pragma once

#include <sys/types.h>

#include "zonegen/pcap/capture_file.hpp"

struct pcap;  // libpcap's

namespace dnshist::zonegen {

class PcapFile final : public CaptureFile {
  public:
    PcapFile(Feed& feed, std::uint64_t mark, std::function<void()> at_mark);

    std::optional<CapturedPacket> next() override;

  private:
    struct Close {
        void operator()(pcap* capture) const noexcept;
    };
    static ssize_t read_feed(void* self, char* to, std::size_t size);

    void note_end(const char* error);

    std::unique_ptr<pcap, Close> capture_;
    int link_type_ = -1;
};

}  // namespace dnshist::zonegen
