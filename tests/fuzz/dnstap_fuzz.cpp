// Arbitrary octets as a stream of dnstap frames. Reads stay within bounds, observations are valid,
// and every record that is not accepted is refused. If the lowest bit of the first octet is set,
// the rest is also read as a file, which takes longer.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "storage/record/rdata.hpp"
#include "zonegen/dnstap/dnstap_file_reader.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void require_printable(std::string_view text) {
    for (const char c : text)
        require(c >= ' ' && c <= '~');
}

struct Found {
    std::uint64_t observed = 0;
    std::uint64_t refused = 0;
};

const DnstapOptions& options_of(Trust trust) {
    static const DnstapOptions believed{
        {conf::dnstap_types().begin(), conf::dnstap_types().end()}, Trust::bailiwick, "ours"};
    static const DnstapOptions everything{believed.types, Trust::everything, "ours"};
    return trust == Trust::bailiwick ? believed : everything;
}

class Reading {
  public:
    explicit Reading(Trust trust) : observer_(options_of(trust), sink_) {}

    // Reads frame by frame, up to the end or the first malformed frame.
    Found stream(Octets octets) {
        found_ = {};
        for (std::uint64_t number = 1;; ++number) {
            const Frame frame = next_frame(octets);
            require(frame.octets <= octets.size());
            if (frame.kind == Frame::Kind::data) {
                observer_.observe(number, frame.payload);
            } else if (frame.kind == Frame::Kind::control) {
                static_cast<void>(control_.read(frame.payload));
            } else {
                return found_;
            }
            require(frame.octets > frame.payload.size());
            octets = octets.subspan(frame.octets);
        }
    }

    Found file(const std::string& path, Trust trust) {
        found_ = {};
        Feed feed(path);
        DnstapFileReader reader(feed, sink_, options_of(trust));
        std::uint64_t before = 0;
        while (reader.next()) {
            require(feed.position() > before);
            before = feed.position();
        }
        for (const FeedRemark& remark : reader.remarks())
            require_printable(remark.text);
        return found_;
    }

  private:
    void check(const Observation& seen) {
        ++found_.observed;
        const auto owner = Name::from_wire(seen.owner);
        require(owner && equal(owner->wire(), seen.owner));
        require(!is_meta_type(seen.type) && is_valid_rdata(seen.type, seen.rdata));
        require(seen.seen.begin == seen.seen.end);
        require(seen.source != nullptr);
        require_printable(seen.source->sensor_id);
    }

    Found found_;
    Sink sink_{[this](const Observation& seen) { check(seen); },
               [this](std::uint64_t, std::string_view record, const Reject& reject) {
                   ++found_.refused;
                   require_printable(record);
                   require_printable(reject.detail);
               }};
    DnstapObserver observer_;
    ControlFrames control_;
};

void check_file(Reading& reading, Octets octets, Trust trust, const Found& stream) {
    const int file = memfd_create("feed", MFD_CLOEXEC);
    require(file >= 0);
    require(write(file, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()));
    const Found found = reading.file("/proc/self/fd/" + std::to_string(file), trust);
    // A file must begin with START; the rest is the same.
    require(found.observed <= stream.observed);
    close(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static Reading believing(Trust::everything);
    static Reading doubting(Trust::bailiwick);
    const Octets octets(data + 1, size - 1);
    const Found everything = believing.stream(octets);
    const Found believed = doubting.stream(octets);
    require(believed.observed <= everything.observed);
    if ((data[0] & 1U) != 0) {
        check_file(believing, octets, Trust::everything, everything);
        check_file(doubting, octets, Trust::bailiwick, believed);
    }
    return 0;
}
