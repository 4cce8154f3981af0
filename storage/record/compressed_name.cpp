#include "storage/record/compressed_name.hpp"

namespace dnshist {

bool expand_name(Octets message, std::size_t at, ExpandedName& name) noexcept {
    const std::size_t start = at;
    std::size_t labels_begin = at;  // since the last pointer
    name.wire.clear();
    name.sent = 0;
    while (at < message.size()) {
        const std::uint8_t length = message[at];
        if ((length & 0xc0U) == 0xc0U) {
            if (message.size() - at < 2) return false;
            const std::size_t target = get_u16(&message[at]) & 0x3fffU;
            if (target < message_header_octets || target >= labels_begin) return false;
            if (name.sent == 0) name.sent = at + 2 - start;
            at = labels_begin = target;
            continue;
        }
        const std::size_t octets = length + 1U;
        if (length > max_label_octets || octets > message.size() - at) return false;
        if (!name.wire.append(message.subspan(at, octets))) return false;
        at += octets;
        if (length == 0) {
            if (name.sent == 0) name.sent = at - start;
            return true;
        }
    }
    return false;
}

}  // namespace dnshist
