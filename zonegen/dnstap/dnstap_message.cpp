#include "zonegen/dnstap/dnstap_message.hpp"

#include <limits>

namespace dnshist::zonegen {

namespace {

constexpr std::uint64_t frame_is_message = 1;

enum class Wire : std::uint8_t { varint = 0, eight_octets = 1, octets = 2, four_octets = 5 };

struct Field {
    std::uint32_t number;
    Wire wire;
    std::uint64_t value;  // of a varint
    Octets octets;
};

// Takes a field off the front; false where it is malformed. The groups of wire types 3 and 4 are
// obsolete, and dnstap has none.
bool take_field(OctetReader& in, Field& field) noexcept {
    const auto key = in.varint();
    if (!key || *key > std::numeric_limits<std::uint32_t>::max()) return false;
    field.number = static_cast<std::uint32_t>(*key >> 3U);
    field.wire = Wire{static_cast<std::uint8_t>(*key & 7U)};
    std::uint64_t size = 0;
    switch (field.wire) {
        case Wire::varint:
        case Wire::octets: {
            const auto value = in.varint();
            if (!value) return false;
            field.value = *value;
            if (field.wire == Wire::octets) size = *value;
            break;
        }
        case Wire::eight_octets:
            size = 8;
            break;
        case Wire::four_octets:
            size = 4;
            break;
        default:
            return false;
    }
    const auto octets = in.octets(size);
    if (!octets) return false;
    field.octets = *octets;
    return field.number != 0;
}

// Calls put(Field) for each field; false where one is malformed or put() refuses it.
template <class Put>
bool read_fields(Octets octets, Put put) noexcept {
    OctetReader in(octets);
    Field field{};
    while (!in.at_end()) {
        if (!take_field(in, field) || !put(field)) return false;
    }
    return true;
}

// The value of a field; false if it is of another kind.
bool put(const Field& field, std::optional<std::uint64_t>& value) noexcept {
    value = field.value;
    return field.wire == Wire::varint;
}
bool put(const Field& field, Octets& octets) noexcept {
    octets = field.octets;
    return field.wire == Wire::octets;
}

struct Fields {
    Octets identity;
    std::optional<std::uint64_t> frame_type;
    // Of the message in it.
    std::optional<std::uint64_t> type;
    std::optional<std::uint64_t> query_time;
    Octets query;
    Octets zone;
    std::optional<std::uint64_t> response_time;
    Octets response;
};

bool read_message(Octets octets, Fields& into) noexcept {
    return read_fields(octets, [&into](const Field& field) {
        switch (field.number) {
            case 1:
                return put(field, into.type);
            case 8:
                return put(field, into.query_time);
            case 10:
                return put(field, into.query);
            case 11:
                return put(field, into.zone);
            case 12:
                return put(field, into.response_time);
            case 14:
                return put(field, into.response);
            default:
                return true;
        }
    });
}

bool read_frame(Octets payload, Fields& into) noexcept {
    std::optional<Octets> message;
    const bool good = read_fields(payload, [&](const Field& field) {
        switch (field.number) {
            case 1:
                return put(field, into.identity);
            case 14:
                return put(field, message.emplace());
            case 15:
                return put(field, into.frame_type);
            default:
                return true;
        }
    });
    // Both types are required.
    return good && into.frame_type && (!message || (read_message(*message, into) && into.type));
}

}  // namespace

Result<DnstapMessage> read_dnstap_message(Octets payload) {
    Fields fields;
    if (!read_frame(payload, fields)) return Problem{"no protocol buffer of dnstap"};
    DnstapMessage message;
    if (fields.frame_type != frame_is_message || !fields.type) return message;

    for (const DnstapType type : conf::dnstap_types()) {
        if (*fields.type == static_cast<std::uint64_t>(type)) message.type = type;
    }
    message.identity = fields.identity;
    message.zone = fields.zone;
    message.query = fields.query;
    message.response = fields.response;
    message.time = fields.response_time.value_or(fields.query_time.value_or(0));
    return message;
}

}  // namespace dnshist::zonegen
