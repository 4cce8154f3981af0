#include "zonegen/capture/capture_file.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <limits>

#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::array<std::string_view, 5> magics = {
    // pcap, with microseconds and with nanoseconds, in both byte orders
    std::string_view("\xa1\xb2\xc3\xd4"),
    std::string_view("\xd4\xc3\xb2\xa1"),
    std::string_view("\xa1\xb2\x3c\x4d"),
    std::string_view("\x4d\x3c\xb2\xa1"),
    // pcapng's section header
    std::string_view("\x0a\x0d\x0d\x0a"),
};

// libpcap reads the unsigned seconds of a pcap file as signed ones, which are negative from 2038
// on.
std::optional<PacketTime> time_of(const timeval& time) noexcept {
    std::int64_t seconds = time.tv_sec;
    if (seconds < 0 && seconds >= std::numeric_limits<std::int32_t>::min()) {
        seconds += std::int64_t{1} << 32;
    }
    if (seconds < 0 || seconds > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return std::chrono::seconds(seconds) +
           std::chrono::microseconds(std::clamp<std::int64_t>(time.tv_usec, 0, 999'999));
}

}  // namespace

bool looks_like_capture(std::string_view head) noexcept {
    return std::any_of(magics.begin(), magics.end(),
                       [head](std::string_view magic) { return head.starts_with(magic); });
}

void CaptureFile::Close::operator()(pcap* capture) const noexcept {
    pcap_close(capture);
}

CaptureFile::CaptureFile(Feed& feed, std::uint64_t mark, std::function<void()> at_mark)
    : feed_(feed), mark_(mark), at_mark_(std::move(at_mark)) {
    open();
}

void CaptureFile::open() {
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
    if (link_type_known(link_type_)) {
        take();
        return;
    }
    const char* const name = pcap_datalink_val_to_name(link_type_);
    problem_ = "frames of a link type that is not known here: ";
    problem_ += name == nullptr ? "number " + std::to_string(link_type_) : std::string(name);
    capture_.reset();
}

ssize_t CaptureFile::read_feed(void* self, char* to, std::size_t size) {
    auto& file = *static_cast<CaptureFile*>(self);
    Feed& feed = file.feed_;
    // libpcap skips blocks without a packet; the mark may be between two of them.
    if (feed.position() + file.read_ahead_ == file.mark_) file.take();
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

void CaptureFile::take() {
    if (read_ahead_ == 0) return;
    if (feed_.position() + read_ahead_ == mark_ && at_mark_) at_mark_();
    feed_.consume(read_ahead_);
    read_ahead_ = 0;
}

// libpcap reports the end of the file within a packet as an error; the state of the feed tells it
// from a real one.
void CaptureFile::note_end(const char* error) {
    const bool at_end = feed_.state() != Feed::State::open && read_ahead_ == feed_.ahead().size();
    if (!at_end) problem_ = error;
}

std::optional<CaptureFile::CapturedPacket> CaptureFile::next() {
    while (capture_ != nullptr) {
        take();
        pcap_pkthdr* header = nullptr;
        const u_char* octets = nullptr;
        const int result = pcap_next_ex(capture_.get(), &header, &octets);
        if (result != 1) {
            if (result == PCAP_ERROR) note_end(pcap_geterr(capture_.get()));
            // Blocks without a packet at the end of a pcapng file.
            if (result == PCAP_ERROR_BREAK) take();
            capture_.reset();
            break;
        }
        const auto time = time_of(header->ts);
        if (!time) {
            ++invalid_times_;
            continue;
        }
        return CapturedPacket{{octets, header->caplen}, *time};
    }
    return std::nullopt;
}

}  // namespace dnshist::zonegen
