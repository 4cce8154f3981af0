// A stream of octets as TCP may cut it: however it comes, the same messages are read from it, up to
// the first that is longer than we read, and never an octet from behind the end.
#include <cstdlib>
#include <vector>

#include "responder/message/framing.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

using Message = std::vector<std::uint8_t>;

// The messages that a connection reads from `stream` in pieces of so many octets.
std::vector<Message> messages_of(Octets stream, std::size_t piece) {
    std::vector<Message> messages;
    std::vector<std::uint8_t> received;
    while (!stream.empty() && !too_long(received)) {
        const std::size_t size = std::min(piece, stream.size());
        received.insert(received.end(), stream.begin(),
                        stream.begin() + static_cast<std::ptrdiff_t>(size));
        stream = stream.subspan(size);
        Octets rest = received;
        while (!too_long(rest)) {
            const auto message = take_message(rest);
            if (!message) break;
            messages.emplace_back(message->begin(), message->end());
        }
        received.assign(rest.begin(), rest.end());
        if (received.size() > length_octets + request_octets) std::abort();
    }
    return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const Octets stream{data + 1, size - 1};
    const auto whole = messages_of(stream, length_octets + request_octets);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{data[0]} + 1}) {
        if (messages_of(stream, piece) != whole) std::abort();
    }
    return 0;
}
