// A text with its length in front, in what is stored: size:varint octet{size}.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/octets.hpp"

namespace dnshist {

// To a text or to octets.
template <class Out>
void append_varint(Out& out, std::uint64_t value) {
    std::array<std::uint8_t, max_varint_octets> room;
    out.insert(out.end(), room.data(), put_varint(room.data(), value));
}

inline void append_text(std::string& out, std::string_view text) {
    append_varint(out, text.size());
    out.append(text);
}

// Nothing where it is truncated.
inline std::optional<std::string> read_text(OctetReader& in) {
    const auto size = in.varint();
    const auto octets = size ? in.octets(*size) : std::nullopt;
    if (!octets) return std::nullopt;
    return std::string(as_text(*octets));
}

}  // namespace dnshist
