#include "zonegen/dnstap/dnstap_message.hpp"

#include <protobuf-c/protobuf-c.h>

#include <algorithm>
#include <array>

#include "zonegen/dnstap/dnstap.pb-c.h"

namespace dnshist::zonegen {

namespace {

constexpr int frame_is_message = 1;

Octets octets_of(const ProtobufCBinaryData& data, protobuf_c_boolean has) noexcept {
    return has != 0 ? Octets{data.data, data.len} : Octets{};
}

}  // namespace

// protobuf-c takes its memory from one piece that is used again for each frame. It copies what the
// frame has, fields that nobody asked for too, and notes each of those. A frame of dnstap has a
// dozen of them, so one that takes much more than its size is made of little else, and is refused.
struct DnstapMessageReader::State {
    static constexpr std::size_t room_per_octet = 2;
    static constexpr std::size_t least_room = std::size_t{16} << 10;

    std::vector<std::max_align_t> memory;
    std::size_t used = 0;  // of memory
    ProtobufCAllocator allocator{take, give_back, this};

    static void* take(void* state, std::size_t size) {
        auto& self = *static_cast<State*>(state);
        const std::size_t units = (size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t);
        if (units > self.memory.size() - self.used) return nullptr;
        void* const place = self.memory.data() + self.used;
        self.used += units;
        return place;
    }
    static void give_back(void*, void*) {}

    void make_room(std::size_t payload) {
        used = 0;
        const std::size_t units =
            (least_room + payload * room_per_octet) / sizeof(std::max_align_t);
        if (memory.size() < units) memory.resize(units);
    }
};

DnstapMessageReader::DnstapMessageReader() : state_(std::make_unique<State>()) {}
DnstapMessageReader::~DnstapMessageReader() = default;

Result<DnstapMessage> DnstapMessageReader::read(Octets payload) {
    state_->make_room(payload.size());
    const auto* const frame =
        dnshist__dnstap_frame__unpack(&state_->allocator, payload.size(), payload.data());
    if (frame == nullptr) return Problem{"no protocol buffer of dnstap"};
    DnstapMessage message{};
    if (frame->type != frame_is_message || frame->message == nullptr) return message;

    const Dnshist__DnstapMessage& said = *frame->message;
    const auto* const known = std::ranges::find(
        all_types, said.type, [](DnstapType type) { return static_cast<std::int32_t>(type); });
    if (known != all_types.end()) message.type = *known;
    message.identity = octets_of(frame->identity, frame->has_identity);
    message.zone = octets_of(said.query_zone, said.has_query_zone);
    message.query = octets_of(said.query_message, said.has_query_message);
    message.response = octets_of(said.response_message, said.has_response_message);
    if (said.has_response_time_sec != 0) {
        message.time = said.response_time_sec;
    } else if (said.has_query_time_sec != 0) {
        message.time = said.query_time_sec;
    }
    return message;
}

}  // namespace dnshist::zonegen
