// Any octets as a master file: all of it is read, an entry after the other.
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/observed.hpp"
#include "zonegen/masterfile/zone_file_reader.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const int file = memfd_create("zone", MFD_CLOEXEC);
    fuzz::require(file >= 0 && write(file, data, size) == static_cast<ssize_t>(size));
    {
        Feed feed("/proc/self/fd/" + std::to_string(file));
        std::uint64_t last_line = 0;
        Sink sink;
        sink.observe = fuzz::check_observation;
        sink.refuse = [&](std::uint64_t line, std::string_view, const Reject& reject) {
            // A line's end ends all that is said of it.
            fuzz::require(line > last_line);
            last_line = line;
            fuzz::check_reject(reject);
        };
        ZoneFileReader zone(feed, sink, Seconds{1}, Name(), "sensor", false);
        while (zone.next()) {
        }
        fuzz::require(feed.state() != Feed::State::ended || feed.ahead().empty());
    }
    close(file);
    return 0;
}
