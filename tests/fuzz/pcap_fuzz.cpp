// Arbitrary octets as a capture file. Reads stay within bounds, the feed always stands between two
// packets, and a second run gives the same responses.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "zonegen/capture/response_extractor.hpp"
#include "zonegen/pcap/capture_file.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct Run {
    std::vector<std::string> responses;
    std::vector<std::uint64_t> positions;  // after each packet
};

Run run(const std::string& path, std::uint64_t mark) {
    Run result;
    ResponseExtractor messages({}, [&](const CapturedResponse& response) {
        require(response.message.size() >= 12 && (response.message[2] & 0x80U) != 0);
        result.responses.emplace_back(as_text(response.message));
    });
    Feed feed(path);
    bool marked = false;
    const auto file = CaptureFile::open(feed, mark, [&] {
        require(!marked && feed.position() < mark);
        marked = true;
    });
    while (const auto packet = file->next()) {
        if (packet->time) messages.add(packet->link_type, packet->frame, *packet->time);
        const std::uint64_t before = feed.position();
        file->take();
        require(feed.position() > before);
        result.positions.push_back(feed.position());
    }
    messages.finish();
    require(marked == (mark != 0));
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const int file = memfd_create("capture", MFD_CLOEXEC);
    require(file >= 0 && write(file, data, size) == static_cast<ssize_t>(size));
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    const Run first = run(path, 0);
    if (!first.positions.empty()) {
        const Run second = run(path, first.positions[first.positions.size() / 2]);
        require(first.responses == second.responses && first.positions == second.positions);
    }
    close(file);
    return 0;
}
