#include "zonegen/capture/tcp_messages.hpp"

#include <algorithm>

#include "zonegen/response/response_reader.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t length_octets = 2;
// The root's name, type and class; with TTL and a length for a record.
constexpr std::size_t least_question = 5;
constexpr std::size_t least_record = 11;
constexpr unsigned max_opcode = 6;  // DSO (RFC 8490)

}  // namespace

void TcpMessages::begin() noexcept {
    aligned_ = true;
    pending_.clear();
}

void TcpMessages::lose() noexcept {
    aligned_ = false;
    pending_.clear();
}

// A length, and a header that could be of a message so long.
TcpMessages::Look TcpMessages::look_at(Octets octets, Expected expected) noexcept {
    if (octets.size() < length_octets + message_header_octets) return Look::too_short_to_tell;
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
        (response ? expected.responses : expected.questions) &&
        (flags >> 11 & 0xfU) <= max_opcode && questions <= 1 &&
        message_header_octets + questions * least_question + records * least_record <= length;
    return fits ? Look::message : Look::something_else;
}

// Whether to go on with what is pending, of which the segment is the end.
bool TcpMessages::find_beginning(Octets segment, Expected expected) {
    Look look = look_at(pending_, expected);
    bool nothing_lost = true;
    if (look == Look::something_else) {
        nothing_lost = false;
        if (pending_.size() != segment.size()) {
            pending_.assign(segment.begin(), segment.end());
            look = look_at(pending_, expected);
        }
    }
    if (look == Look::something_else) pending_.clear();
    aligned_ = look == Look::message;
    return nothing_lost;
}

bool TcpMessages::give(PacketTime time, const Deliver& deliver) {
    std::size_t given = 0;
    bool good = true;
    for (;;) {
        OctetReader reader(Octets(pending_).subspan(given));
        const auto length = reader.u16();
        if (!length) break;
        if (*length < message_header_octets) {
            good = false;
            break;
        }
        const auto message = reader.octets(*length);
        if (!message) break;
        deliver(*message, time_);
        given += length_octets + *length;
        time_ = time;
    }
    if (good) {
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(given));
    } else {
        lose();
    }
    return good;
}

bool TcpMessages::add(Octets segment, PacketTime time, Expected expected, const Deliver& deliver) {
    if (segment.empty()) return true;
    time_ = pending_.empty() ? time : std::max(time_, time);
    pending_.insert(pending_.end(), segment.begin(), segment.end());
    const bool nothing_lost = aligned_ || find_beginning(segment, expected);
    if (!aligned_) return nothing_lost;
    const bool good = give(time, deliver);
    return good && nothing_lost;
}

}  // namespace dnshist::zonegen
