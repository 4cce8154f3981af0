// The packets of a file in the format pcapng (draft-ietf-opsawg-pcapng), block by block.
//
// A file consists of sections, each in the byte order of its machine and with interfaces of its
// own, which have a link type and a resolution of times each. Blocks other than those of packets
// are skipped.
#pragma once

#include <vector>

#include "zonegen/pcap/capture_file.hpp"

namespace dnshist::zonegen {

class PcapngFile final : public CaptureFile {
  public:
    // A longer block of a packet or an interface is no genuine one; others are skipped.
    static constexpr std::size_t max_block_octets = Feed::max_item_octets;
    static constexpr std::size_t max_interfaces = 65536;  // in one section

    PcapngFile(Feed& feed, std::uint64_t mark, std::function<void()> at_mark)
        : CaptureFile(feed, mark, std::move(at_mark)) {}

    std::optional<CapturedPacket> next() override;

  private:
    struct Interface {
        int link_type;
        std::uint32_t snapshot_length;  // 0: no limit
        std::uint8_t resolution;        // as in the option if_tsresol
        std::int64_t offset;            // seconds
    };
    struct Block;
    class Numbers;

    std::optional<Block> next_block();
    bool read_ahead(std::size_t size);
    bool skip(std::uint64_t size);
    bool begin_section(Octets body);
    bool add_interface(Octets body);
    std::optional<CapturedPacket> packet_of(const Block& block);
    std::optional<CapturedPacket> simple_packet(Octets body);
    std::optional<CapturedPacket> timed_packet(const Block& block);
    bool fail(std::string problem);

    bool little_ = false;  // the byte order of the section
    std::vector<Interface> interfaces_;
};

}  // namespace dnshist::zonegen
