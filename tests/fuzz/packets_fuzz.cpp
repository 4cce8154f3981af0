// Arbitrary octets as a sequence of packets: a link type, then per packet its length in two octets,
// the tenths of a second since the previous one, and the frame.
#include <algorithm>
#include <cstdlib>

#include "zonegen/capture/response_extractor.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::size_t given = 0;
    ResponseExtractor messages({}, [&](const CapturedResponse& response) {
        require(response.message.size() >= 12 && (response.message[2] & 0x80U) != 0);
        ++given;
    });
    OctetReader input({data, size});
    const int link_type = input.u8().value_or(0);
    PacketTime now{0};
    for (;;) {
        const auto length = input.u16();
        const auto later = input.u8();
        if (!length || !later) break;
        const auto frame = input.octets(std::min<std::size_t>(*length, input.remaining()));
        now += PacketTime{100'000} * *later;
        messages.add(link_type, *frame, now);
    }
    messages.finish();
    const auto& counts = messages.counts();
    require(given == counts.matched + counts.no_query + counts.multicast);
    return 0;
}
