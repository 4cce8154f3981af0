#include "zonegen/pcap/pcap_file.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <limits>
#include <new>

namespace dnshist::zonegen {

namespace {

// libpcap reads the unsigned seconds of a pcap file as signed ones, which are negative from 2038
// on.
std::optional<PacketTime> time_of(const timeval& time) noexcept {
    std::int64_t seconds = time.tv_sec;
    if (seconds < 0 && seconds >= std::numeric_limits<std::int32_t>::min()) {
        seconds += std::int64_t{1} << 32;
    }
    return packet_time(seconds, std::clamp<std::int64_t>(time.tv_usec, 0, 999'999));
}

}  // namespace

void PcapFile::Close::operator()(pcap* capture) const noexcept {
    pcap_close(capture);
}

PcapFile::PcapFile(Feed& feed, std::uint64_t mark, std::function<void()> at_mark)
    : CaptureFile(feed, mark, std::move(at_mark)) {
    cookie_io_functions_t functions{};
    functions.read = read_feed;
    std::FILE* const file = fopencookie(this, "r", functions);
    if (file == nullptr) throw std::bad_alloc();
    // Unbuffered, so that nothing is read but what libpcap asks for.
    std::setvbuf(file, nullptr, _IONBF, 0);
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    capture_.reset(pcap_fopen_offline(file, error.data()));
    if (capture_ == nullptr) {
        std::fclose(file);
        note_end(error.data());
        return;
    }
    link_type_ = pcap_datalink(capture_.get());
    take();
}

ssize_t PcapFile::read_feed(void* self, char* to, std::size_t size) {
    auto& file = *static_cast<PcapFile*>(self);
    Feed& feed = file.feed_;
    std::size_t copied = 0;
    while (copied < size) {
        if (feed.ahead().size() == file.read_ahead_ && !feed.more()) {
            // The buffer of the feed is full: consume it to read on.
            if (feed.state() != Feed::State::open) break;
            file.take();
            continue;
        }
        const std::size_t count = std::min(feed.ahead().size() - file.read_ahead_, size - copied);
        std::memcpy(to + copied, feed.ahead().data() + file.read_ahead_, count);
        file.read_ahead_ += count;
        copied += count;
    }
    return static_cast<ssize_t>(copied);
}

// libpcap reports the end of the file within a packet as an error; the state of the feed tells it
// from a real one.
void PcapFile::note_end(const char* error) {
    const bool at_end = feed_.state() != Feed::State::open && read_ahead_ == feed_.ahead().size();
    if (!at_end) problem_ = error;
}

std::optional<CaptureFile::CapturedPacket> PcapFile::next() {
    if (capture_ == nullptr) return std::nullopt;
    take();
    pcap_pkthdr* header = nullptr;
    const u_char* octets = nullptr;
    const int result = pcap_next_ex(capture_.get(), &header, &octets);
    if (result != 1) {
        if (result == PCAP_ERROR) note_end(pcap_geterr(capture_.get()));
        capture_.reset();
        return std::nullopt;
    }
    return CapturedPacket{link_type_, {octets, header->caplen}, time_of(header->ts)};
}

}  // namespace dnshist::zonegen
