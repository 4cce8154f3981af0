// Any octets as a file of dnstap: it is read within its bounds, what is observed is valid, and what
// is not believed is refused.
//
// The first octet says by its bits which kinds of messages are wanted; the rest is the file.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "storage/rdata.hpp"
#include "zonegen/dnstap_feed.hpp"

using namespace dnshist;

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
    std::uint64_t taken = 0;  // octets
};

Found read(const std::string& path, const DnstapOptions& options) {
    Found found;
    const Sink sink{[&](const Observation& seen) {
                        ++found.observed;
                        const auto owner = Name::from_wire(seen.owner);
                        require(owner && equal(owner->wire(), seen.owner));
                        require(!is_meta_type(seen.type) && is_valid_rdata(seen.type, seen.rdata));
                        require(seen.seen.begin == seen.seen.end);
                        if (seen.source != nullptr) require_printable(seen.source->sensor_id);
                    },
                    [&](std::uint64_t, std::string_view record, const Reject& reject) {
                        ++found.refused;
                        require_printable(record);
                        require_printable(reject.detail);
                    }};
    Feed feed(path);
    DnstapFeed reader(feed, sink, options);
    std::uint64_t before = 0;
    while (reader.next()) {
        require(feed.position() > before);
        before = feed.position();
    }
    found.taken = feed.position();
    require(feed.state() != Feed::State::open || !feed.ahead().empty());
    for (const FeedRemark& remark : reader.remarks())
        require_printable(remark.text);
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    DnstapOptions options;
    options.types.clear();
    for (unsigned i = 0; i < dnstap_types().size(); ++i) {
        if ((data[0] >> i & 1U) != 0) options.types.push_back(dnstap_types()[i]);
    }
    options.sensor = "ours";
    const int file = memfd_create("feed", MFD_CLOEXEC);
    require(file >= 0 && write(file, data + 1, size - 1) == static_cast<ssize_t>(size - 1));
    const std::string path = "/proc/self/fd/" + std::to_string(file);

    options.trust = Trust::everything;
    const Found everything = read(path, options);
    options.trust = Trust::bailiwick;
    const Found believed = read(path, options);
    // What is not believed is refused, and nothing else is different.
    require(believed.taken == everything.taken);
    require(believed.observed <= everything.observed);
    require(believed.observed + believed.refused == everything.observed + everything.refused);
    close(file);
    return 0;
}
