#include "zonegen/dnstap/dnstap_message.hpp"

#include <protobuf-c/protobuf-c.h>

#include <algorithm>
#include <array>

#include "zonegen/dnstap/dnstap.pb-c.h"

namespace dnshist::zonegen {

namespace {

struct TypeName {
    DnstapType type;
    std::string_view name;
};
constexpr std::array type_names = {
    TypeName{DnstapType::auth_response, "auth"},
    TypeName{DnstapType::resolver_response, "resolver"},
    TypeName{DnstapType::client_response, "client"},
    TypeName{DnstapType::forwarder_response, "forwarder"},
    TypeName{DnstapType::stub_response, "stub"},
    TypeName{DnstapType::tool_response, "tool"},
};
constexpr auto all_types = [] {
    std::array<DnstapType, type_names.size()> types{};
    std::ranges::transform(type_names, types.begin(), &TypeName::type);
    return types;
}();

constexpr int frame_is_message = 1;

Octets octets_of(const ProtobufCBinaryData& data, protobuf_c_boolean has) noexcept {
    return has != 0 ? Octets{data.data, data.len} : Octets{};
}

}  // namespace

std::string_view dnstap_type_name(DnstapType type) noexcept {
    return std::ranges::find(type_names, type, &TypeName::type)->name;
}

std::optional<DnstapType> dnstap_type_named(std::string_view name) noexcept {
    const auto* found = std::ranges::find(type_names, name, &TypeName::name);
    if (found == type_names.end()) return std::nullopt;
    return found->type;
}

std::span<const DnstapType> dnstap_types() noexcept {
    return all_types;
}

// protobuf-c allocates from one block of memory that is reused for each frame. It copies all
// fields, and keeps a record of each unknown one. A genuine frame has about a dozen of these, so a
// frame that needs much more memory than its own size consists of little else and is refused.
struct DnstapMessageReader::State {
    static constexpr std::size_t memory_per_octet = 2;
    static constexpr std::size_t min_memory = std::size_t{16} << 10;

    std::vector<std::max_align_t> memory;
    std::size_t used = 0;  // of memory
    ProtobufCAllocator allocator{allocate, deallocate, this};

    static void* allocate(void* state, std::size_t size) {
        auto& self = *static_cast<State*>(state);
        const std::size_t units = (size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t);
        if (units > self.memory.size() - self.used) return nullptr;
        void* const place = self.memory.data() + self.used;
        self.used += units;
        return place;
    }
    static void deallocate(void*, void*) {}

    void reset(std::size_t payload) {
        used = 0;
        const std::size_t units =
            (min_memory + payload * memory_per_octet) / sizeof(std::max_align_t);
        if (memory.size() < units) memory.resize(units);
    }
};

DnstapMessageReader::DnstapMessageReader() : state_(std::make_unique<State>()) {}
DnstapMessageReader::~DnstapMessageReader() = default;

Result<DnstapMessage> DnstapMessageReader::read(Octets payload) {
    state_->reset(payload.size());
    const auto* const frame =
        dnshist__dnstap_frame__unpack(&state_->allocator, payload.size(), payload.data());
    if (frame == nullptr) return Problem{"no protocol buffer of dnstap"};
    DnstapMessage message{};
    if (frame->type != frame_is_message || frame->message == nullptr) return message;

    const Dnshist__DnstapMessage& fields = *frame->message;
    const auto* const known = std::ranges::find(
        all_types, fields.type, [](DnstapType type) { return static_cast<std::int32_t>(type); });
    if (known != all_types.end()) message.type = *known;
    message.identity = octets_of(frame->identity, frame->has_identity);
    message.zone = octets_of(fields.query_zone, fields.has_query_zone);
    message.query = octets_of(fields.query_message, fields.has_query_message);
    message.response = octets_of(fields.response_message, fields.has_response_message);
    if (fields.has_response_time_sec != 0) {
        message.time = fields.response_time_sec;
    } else if (fields.has_query_time_sec != 0) {
        message.time = fields.query_time_sec;
    }
    return message;
}

}  // namespace dnshist::zonegen
