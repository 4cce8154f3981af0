#include "zonegen/pcap/capture_file.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>

#include "zonegen/pcap/pcap_file.hpp"
#include "zonegen/pcap/pcapng_file.hpp"

namespace dnshist::zonegen {

namespace {

// pcap, with microseconds and with nanoseconds, in both byte orders.
constexpr std::array<std::string_view, 4> pcap_magics = {"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1",
                                                         "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1"};
// The section header, which reads the same in both byte orders.
constexpr std::string_view pcapng_magic = "\x0a\x0d\x0d\x0a";

}  // namespace

bool looks_like_capture(std::string_view head) noexcept {
    return head.starts_with(pcapng_magic) ||
           std::ranges::any_of(pcap_magics,
                               [head](std::string_view magic) { return head.starts_with(magic); });
}

std::string link_type_name(int link_type) {
    const char* const name = pcap_datalink_val_to_name(link_type);
    return name == nullptr ? "number " + std::to_string(link_type) : std::string(name);
}

std::unique_ptr<CaptureFile> CaptureFile::open(Feed& feed, std::uint64_t mark,
                                               std::function<void()> at_mark) {
    if (feed.head().starts_with(pcapng_magic)) {
        return std::make_unique<PcapngFile>(feed, mark, std::move(at_mark));
    }
    return std::make_unique<PcapFile>(feed, mark, std::move(at_mark));
}

void CaptureFile::take() {
    const std::uint64_t position = feed_.position();
    if (position < mark_ && position + read_ahead_ >= mark_ && at_mark_) at_mark_();
    feed_.consume(read_ahead_);
    read_ahead_ = 0;
}

}  // namespace dnshist::zonegen
