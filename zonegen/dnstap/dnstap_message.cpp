#include "zonegen/dnstap/dnstap_message.hpp"

#include <protozero/pbf_reader.hpp>

namespace dnshist::zonegen {

namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;
using protozero::tag_and_type;

constexpr const char* not_dnstap = "no protocol buffer of dnstap";
constexpr std::uint64_t frame_is_message = 1;

pbf_reader reader_of(Octets octets) noexcept {
    return pbf_reader(reinterpret_cast<const char*>(octets.data()), octets.size());
}

Octets octets_of(pbf_reader& field) {
    const protozero::data_view view = field.get_view();
    return {reinterpret_cast<const std::uint8_t*>(view.data()), view.size()};
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

// A field of another wire type than its own is passed over, as an unknown one is.
void read_message(Octets octets, Fields& into) {
    pbf_reader message = reader_of(octets);
    while (message.next()) {
        switch (message.tag_and_type()) {
            case tag_and_type(1, pbf_wire_type::varint):
                into.type = message.get_uint64();
                break;
            case tag_and_type(8, pbf_wire_type::varint):
                into.query_time = message.get_uint64();
                break;
            case tag_and_type(10, pbf_wire_type::length_delimited):
                into.query = octets_of(message);
                break;
            case tag_and_type(11, pbf_wire_type::length_delimited):
                into.zone = octets_of(message);
                break;
            case tag_and_type(12, pbf_wire_type::varint):
                into.response_time = message.get_uint64();
                break;
            case tag_and_type(14, pbf_wire_type::length_delimited):
                into.response = octets_of(message);
                break;
            default:
                message.skip();
        }
    }
}

// Whether it has all fields that dnstap requires.
bool read_frame(Octets payload, Fields& into) {
    std::optional<Octets> message;
    pbf_reader frame = reader_of(payload);
    while (frame.next()) {
        switch (frame.tag_and_type()) {
            case tag_and_type(1, pbf_wire_type::length_delimited):
                into.identity = octets_of(frame);
                break;
            case tag_and_type(14, pbf_wire_type::length_delimited):
                message = octets_of(frame);
                break;
            case tag_and_type(15, pbf_wire_type::varint):
                into.frame_type = frame.get_uint64();
                break;
            default:
                frame.skip();
        }
    }
    if (message) read_message(*message, into);
    return into.frame_type && (!message || into.type);
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
