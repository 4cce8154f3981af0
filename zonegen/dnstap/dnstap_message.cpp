#include "zonegen/dnstap/dnstap_message.hpp"

#include <protozero/pbf_reader.hpp>

namespace dnshist::zonegen {

namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr const char* not_dnstap = "no protocol buffer of dnstap";
constexpr std::uint64_t frame_is_message = 1;

pbf_reader reader_of(Octets octets) noexcept {
    return pbf_reader(reinterpret_cast<const char*>(octets.data()), octets.size());
}

// Takes the value of a field; false if it is of another kind.
bool take(pbf_reader& field, std::optional<std::uint64_t>& value) {
    if (field.wire_type() != pbf_wire_type::varint) return false;
    value = field.get_uint64();
    return true;
}
bool take(pbf_reader& field, Octets& octets) {
    if (field.wire_type() != pbf_wire_type::length_delimited) return false;
    const protozero::data_view view = field.get_view();
    octets = {reinterpret_cast<const std::uint8_t*>(view.data()), view.size()};
    return true;
}
bool pass_over(pbf_reader& field) {
    field.skip();
    return true;
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

bool take_message_field(pbf_reader& field, Fields& into) {
    switch (field.tag()) {
        case 1:
            return take(field, into.type);
        case 8:
            return take(field, into.query_time);
        case 10:
            return take(field, into.query);
        case 11:
            return take(field, into.zone);
        case 12:
            return take(field, into.response_time);
        case 14:
            return take(field, into.response);
        default:
            return pass_over(field);
    }
}

bool read_message(Octets octets, Fields& into) {
    pbf_reader message = reader_of(octets);
    while (message.next()) {
        if (!take_message_field(message, into)) return false;
    }
    return into.type.has_value();
}

bool read_frame(Octets payload, Fields& into) {
    std::optional<Octets> message;
    pbf_reader frame = reader_of(payload);
    while (frame.next()) {
        const bool taken = frame.tag() == 1    ? take(frame, into.identity)
                           : frame.tag() == 14 ? take(frame, message.emplace())
                           : frame.tag() == 15 ? take(frame, into.frame_type)
                                               : pass_over(frame);
        if (!taken) return false;
    }
    // Both types are required.
    return into.frame_type && (!message || read_message(*message, into));
}

}  // namespace

Result<DnstapMessage> read_dnstap_message(Octets payload) {
    Fields fields;
    try {
        if (!read_frame(payload, fields)) return Problem{not_dnstap};
    } catch (const protozero::exception&) {
        return Problem{not_dnstap};
    }
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
