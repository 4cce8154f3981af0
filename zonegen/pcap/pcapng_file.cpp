#include "zonegen/pcap/pcapng_file.hpp"

#include <algorithm>

namespace dnshist::zonegen {

namespace {

namespace kind {
constexpr std::uint32_t section = 0x0a0d0d0a;
constexpr std::uint32_t interface = 1;
constexpr std::uint32_t old_packet = 2;
constexpr std::uint32_t simple_packet = 3;
constexpr std::uint32_t packet = 6;
}  // namespace kind

namespace option {
constexpr std::uint16_t end = 0;
constexpr std::uint16_t time_resolution = 9;
constexpr std::uint16_t time_offset = 14;
}  // namespace option

constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::size_t block_header = 8;   // type and length
constexpr std::size_t block_trailer = 4;  // the length again

constexpr std::uint32_t swapped(std::uint32_t value) noexcept {
    return value >> 24U | (value >> 8U & 0xff00U) | (value << 8U & 0xff0000U) | value << 24U;
}

bool is_needed(std::uint32_t type) noexcept {
    return type == kind::section || type == kind::interface || type == kind::old_packet ||
           type == kind::simple_packet || type == kind::packet;
}

// `ticks` since 1970 in units of if_tsresol: 10^-n seconds, or 2^-n with the top bit set. Nothing
// if it is no time, or the units are smaller than 64 bits can count.
std::optional<PacketTime> time_of(std::uint64_t ticks, std::uint8_t resolution,
                                  std::int64_t offset) noexcept {
    constexpr unsigned max_seconds_bits = 33;
    const unsigned exponent = resolution & 0x7fU;
    std::uint64_t seconds = 0;
    std::uint64_t microseconds = 0;
    if ((resolution & 0x80U) != 0) {
        if (exponent > 63) return std::nullopt;
        seconds = ticks >> exponent;
        // 44 bits are precise enough, and times 10^6 they fit into 64.
        const std::uint64_t rest = ticks & ((std::uint64_t{1} << exponent) - 1);
        const unsigned excess = exponent > 44 ? exponent - 44 : 0;
        microseconds = (rest >> excess) * 1'000'000 >> (exponent - excess);
    } else {
        if (exponent > 19) return std::nullopt;
        std::uint64_t unit = 1;
        for (unsigned i = 0; i < exponent; ++i)
            unit *= 10;
        seconds = ticks / unit;
        const std::uint64_t rest = ticks % unit;
        microseconds = unit >= 1'000'000 ? rest / (unit / 1'000'000) : rest * (1'000'000 / unit);
    }
    if (seconds >> max_seconds_bits != 0 || offset >> max_seconds_bits > 0 ||
        offset >> max_seconds_bits < -1) {
        return std::nullopt;
    }
    return packet_time(static_cast<std::int64_t>(seconds) + offset,
                       static_cast<std::int64_t>(microseconds));
}

}  // namespace

struct PcapngFile::Block {
    std::uint32_t type;
    Octets body;
};

// Numbers in the byte order of the section.
class PcapngFile::Numbers : public OctetReader {
  public:
    Numbers(Octets octets, bool little) : OctetReader(octets), little_(little) {}

    std::optional<std::uint16_t> u16() noexcept {
        const auto value = OctetReader::u16();
        if (!value || !little_) return value;
        return static_cast<std::uint16_t>(*value >> 8U | *value << 8U);
    }
    std::optional<std::uint32_t> u32() noexcept {
        const auto value = OctetReader::u32();
        return value && little_ ? swapped(*value) : value;
    }

  private:
    bool little_;
};

bool PcapngFile::fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
}

bool PcapngFile::read_ahead(std::size_t size) {
    while (feed_.ahead().size() < size) {
        if (!feed_.more()) return false;
    }
    return true;
}

// Consumes a block of any length. False, with the rest of the block to come, if the feed ends.
bool PcapngFile::skip(std::uint64_t size) {
    while (size != 0) {
        within_block_ = !read_ahead(1);
        if (within_block_) return false;
        read_ahead_ = static_cast<std::size_t>(std::min<std::uint64_t>(size, feed_.ahead().size()));
        size -= read_ahead_;
        take();
    }
    return true;
}

// The next block that is needed, which read_ahead_ then covers.
std::optional<PcapngFile::Block> PcapngFile::next_block() {
    for (;;) {
        take();
        // The shortest block has a header and a trailer.
        if (!read_ahead(block_header + block_trailer)) return std::nullopt;
        Numbers header(as_octets(feed_.ahead()), little_);
        const std::uint32_t type = header.u32().value_or(0);
        std::uint32_t size = header.u32().value_or(0);
        if (type == kind::section) {
            const std::uint32_t magic = header.u32().value_or(0);
            if (magic == swapped(byte_order_magic)) {
                little_ = !little_;
                size = swapped(size);
            } else if (magic != byte_order_magic) {
                fail("a section without its byte order");
                return std::nullopt;
            }
        }
        if (size < block_header + block_trailer || size % 4 != 0) {
            fail("a block of " + std::to_string(size) + " octets, which no block has");
            return std::nullopt;
        }
        if (!is_needed(type)) {
            if (!skip(size)) return std::nullopt;
            continue;
        }
        if (size > max_block_octets) {
            fail("a block of " + std::to_string(size) + " octets, longer than any packet");
            return std::nullopt;
        }
        if (!read_ahead(size)) return std::nullopt;
        const Octets block = as_octets(feed_.ahead()).first(size);
        Numbers trailer(block.last(block_trailer), little_);
        if (trailer.u32() != size) {
            fail("a block whose two lengths differ");
            return std::nullopt;
        }
        read_ahead_ = size;
        return Block{type, block.subspan(block_header, size - block_header - block_trailer)};
    }
}

std::optional<CaptureFile::CapturedPacket> PcapngFile::next() {
    while (problem_.empty()) {
        const auto block = next_block();
        if (!block) return std::nullopt;
        if (block->type == kind::section) {
            if (!begin_section(block->body)) break;
        } else if (block->type == kind::interface) {
            if (!add_interface(block->body)) break;
        } else {
            return packet_of(*block);
        }
    }
    read_ahead_ = 0;  // what cannot be read is not consumed
    return std::nullopt;
}

bool PcapngFile::begin_section(Octets body) {
    Numbers in(body, little_);
    in.u32();  // the byte order
    const auto major = in.u16();
    if (!major) return fail("a section without its version");
    if (*major != 1) return fail("pcapng of version " + std::to_string(*major));
    interfaces_.clear();
    return true;
}

bool PcapngFile::add_interface(Octets body) {
    Numbers in(body, little_);
    const auto link_type = in.u16();
    in.u16();
    const auto snapshot_length = in.u32();
    if (!snapshot_length) return fail("an interface that is cut short");
    if (interfaces_.size() == max_interfaces) return fail("too many interfaces");
    Interface added{*link_type, *snapshot_length, 6, 0};
    for (;;) {
        const auto code = in.u16();
        const auto size = in.u16();
        if (!size || *code == option::end) break;
        const auto value = in.octets(*size);
        if (!value || !in.octets((4U - *size % 4U) % 4U))
            return fail("an option that is cut short");
        Numbers number(*value, little_);
        if (*code == option::time_resolution && *size == 1) {
            added.resolution = (*value)[0];
        } else if (*code == option::time_offset && *size == 8) {
            const std::uint64_t first = number.u32().value_or(0);
            const std::uint64_t second = number.u32().value_or(0);
            added.offset =
                static_cast<std::int64_t>(little_ ? second << 32U | first : first << 32U | second);
        }
    }
    interfaces_.push_back(added);
    return true;
}

std::optional<CaptureFile::CapturedPacket> PcapngFile::packet_of(const Block& block) {
    auto packet =
        block.type == kind::simple_packet ? simple_packet(block.body) : timed_packet(block);
    if (!packet) read_ahead_ = 0;
    return packet;
}

// A simple packet is of the first interface, and has no time.
std::optional<CaptureFile::CapturedPacket> PcapngFile::simple_packet(Octets body) {
    Numbers in(body, little_);
    const auto sent = in.u32();
    if (!sent || interfaces_.empty()) {
        fail("a packet of an interface that is not described before it");
        return std::nullopt;
    }
    const Interface& interface = interfaces_.front();
    std::size_t size = std::min<std::size_t>(*sent, in.remaining());
    if (interface.snapshot_length != 0) {
        size = std::min<std::size_t>(size, interface.snapshot_length);
    }
    return CapturedPacket{interface.link_type, in.rest().first(size), std::nullopt};
}

std::optional<CaptureFile::CapturedPacket> PcapngFile::timed_packet(const Block& block) {
    Numbers in(block.body, little_);
    std::optional<std::uint32_t> number;
    if (block.type == kind::old_packet) {
        number = in.u16();
        in.u16();  // how many were dropped before
    } else {
        number = in.u32();
    }
    const auto high = in.u32();
    const auto low = in.u32();
    const auto captured = in.u32();
    if (!in.u32()) {
        fail("a packet that is cut short");
        return std::nullopt;
    }
    if (*number >= interfaces_.size()) {
        fail("a packet of interface " + std::to_string(*number) +
             ", which is not described before it");
        return std::nullopt;
    }
    const auto frame = in.octets(*captured);
    if (!frame) {
        fail("a packet that is longer than its block");
        return std::nullopt;
    }
    const Interface& interface = interfaces_[*number];
    return CapturedPacket{
        interface.link_type, *frame,
        time_of(std::uint64_t{*high} << 32U | *low, interface.resolution, interface.offset)};
}

}  // namespace dnshist::zonegen
