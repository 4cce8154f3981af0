// dnstap as a test writes it: protocol buffers field by field, and Frame Streams around them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/base/octets.hpp"

namespace dnshist::test {

// A message of protocol buffers.
class Protobuf {
  public:
    Protobuf& number(unsigned field, std::uint64_t value) {
        return varint(field << 3U).varint(value);
    }
    Protobuf& octets(unsigned field, std::string_view value) {
        varint(field << 3U | 2U).varint(value.size());
        return raw(value);
    }
    Protobuf& octets(unsigned field, Octets value) { return octets(field, as_text(value)); }
    Protobuf& message(unsigned field, const Protobuf& value) { return octets(field, value.text_); }
    Protobuf& varint(std::uint64_t value) {
        std::uint8_t room[max_varint_octets];
        return raw(as_text(Octets(room, static_cast<std::size_t>(put_varint(room, value) - room))));
    }
    Protobuf& raw(std::string_view value) {
        text_ += value;
        return *this;
    }

    const std::string& text() const { return text_; }
    Octets payload() const { return as_octets(text_); }

  private:
    std::string text_;
};

// The numbers of dnstap's fields.
namespace field {
inline constexpr unsigned identity = 1;
inline constexpr unsigned message = 14;
inline constexpr unsigned type = 15;

inline constexpr unsigned kind = 1;
inline constexpr unsigned query_address = 4;
inline constexpr unsigned query_time = 8;
inline constexpr unsigned query = 10;
inline constexpr unsigned zone = 11;
inline constexpr unsigned response_time = 12;
inline constexpr unsigned response = 14;
}  // namespace field

// Around a message of dnstap.
inline Protobuf dnstap(const Protobuf& message, std::string_view identity = {}) {
    Protobuf frame;
    if (!identity.empty()) frame.octets(field::identity, identity);
    return frame.message(field::message, message).number(field::type, 1);
}

inline std::string u32(std::size_t value) {
    std::string text;
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        text += static_cast<char>(value >> shift & 0xffU);
    return text;
}

inline std::string data_frame(std::string_view payload) {
    return u32(payload.size()) + std::string(payload);
}

inline constexpr std::string_view dnstap_content = "protobuf:dnstap.Dnstap";

// ACCEPT, START, STOP, READY and FINISH are 1 to 5.
inline std::string control_frame(std::size_t type, std::string_view content = {}) {
    std::string control = u32(type);
    if (!content.empty()) control += u32(1) + u32(content.size()) + std::string(content);
    return u32(0) + u32(control.size()) + control;
}

}  // namespace dnshist::test
