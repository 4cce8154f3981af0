#include "zonegen/capture/tcp_messages.hpp"

#include <algorithm>

#include "storage/record/compressed_name.hpp"
#include "zonegen/response/response_reader.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t length_octets = 2;
// The root name, type and class; a record also has a TTL and a length.
constexpr std::size_t least_question = 5;
constexpr std::size_t least_record = 11;
constexpr unsigned max_opcode = 6;  // DSO (RFC 8490)

}  // namespace

void TcpMessages::start() noexcept {
    aligned_ = true;
    pending_.clear();
}

void TcpMessages::gap() noexcept {
    aligned_ = false;
    pending_.clear();
}

// Whether the octets look like a length followed by the header of a message of that length.
TcpMessages::Guess TcpMessages::guess(Octets octets, Expected expected) noexcept {
    if (octets.size() < length_octets + message_header_octets) return Guess::too_short;
    OctetReader reader(octets);
    const std::size_t length = *reader.u16();
    reader.u16();  // ID
    const unsigned flags = *reader.u16();
    const std::size_t questions = *reader.u16();
    std::size_t records = *reader.u16();
    records += *reader.u16();
    records += *reader.u16();
    const bool response = (flags & 0x8000U) != 0;
    const bool fits =
        (response ? expected.responses : expected.queries) && (flags >> 11 & 0xfU) <= max_opcode &&
        questions <= 1 &&
        message_header_octets + questions * least_question + records * least_record <= length;
    return fits ? Guess::message : Guess::other;
}

// Sets aligned_ if the pending octets, or else the segment at their end, begin like a message.
// False if octets were dropped.
bool TcpMessages::find_boundary(Octets segment, Expected expected) {
    Guess guessed = guess(pending_, expected);
    bool complete = true;
    if (guessed == Guess::other) {
        complete = false;
        if (pending_.size() != segment.size()) {
            pending_.assign(segment.begin(), segment.end());
            guessed = guess(pending_, expected);
        }
    }
    if (guessed == Guess::other) pending_.clear();
    aligned_ = guessed == Guess::message;
    return complete;
}

bool TcpMessages::deliver_messages(PacketTime time, const Deliver& deliver) {
    std::size_t delivered = 0;
    bool good = true;
    for (;;) {
        OctetReader reader(Octets(pending_).subspan(delivered));
        const auto length = reader.u16();
        if (!length) break;
        if (*length < message_header_octets) {
            good = false;
            break;
        }
        const auto message = reader.octets(*length);
        if (!message) break;
        deliver(*message, time_);
        delivered += length_octets + *length;
        time_ = time;
    }
    if (good) {
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(delivered));
    } else {
        gap();
    }
    return good;
}

bool TcpMessages::add(Octets segment, PacketTime time, Expected expected, const Deliver& deliver) {
    if (segment.empty()) return true;
    time_ = pending_.empty() ? time : std::max(time_, time);
    pending_.insert(pending_.end(), segment.begin(), segment.end());
    const bool complete = aligned_ || find_boundary(segment, expected);
    if (!aligned_) return complete;
    const bool good = deliver_messages(time, deliver);
    return good && complete;
}

}  // namespace dnshist::zonegen
