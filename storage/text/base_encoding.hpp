// Octets as digits: hexadecimal, base64 (RFC 4648, section 4) and base32hex (section 7).
//
// Readers skip blanks between digits, as master files allow, and accept either case where the
// encoding has none. They append to `out` and return false at the first character that is no digit,
// for a number of digits that is no whole number of octets, or at more than 65535 octets;
// `out` then holds a part.
#pragma once

#include <string_view>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"

namespace dnshist {

inline constexpr std::size_t max_decoded_octets = 65535;  // as many as RDATA has

bool read_hex(std::string_view text, OctetBuffer<max_decoded_octets>& out) noexcept;
// With padding, which must be correct.
bool read_base64(std::string_view text, OctetBuffer<max_decoded_octets>& out) noexcept;
// Without padding.
bool read_base32hex(std::string_view text, OctetBuffer<max_decoded_octets>& out) noexcept;

// Upper case, without blanks.
void write_hex(TextWriter& out, Octets octets) noexcept;
void write_base64(TextWriter& out, Octets octets) noexcept;
void write_base32hex(TextWriter& out, Octets octets) noexcept;

}  // namespace dnshist
