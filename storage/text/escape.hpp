// The escapes of presentation form (RFC 1035, section 5.1): \X stands for the character X, \DDD for
// the octet of that decimal number. Names and character-strings share them, and differ in what must
// be escaped when written.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"

namespace dnshist {

// Reads what follows a backslash and moves `at` past it. Nothing where the text ends too early, or
// where a digit is not the first of three that make an octet.
inline std::optional<std::uint8_t> read_escape(const char*& at, const char* end) noexcept {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (at == end) return std::nullopt;
    if (!digit(*at)) return static_cast<std::uint8_t>(*at++);
    if (end - at < 3 || !digit(at[1]) || !digit(at[2])) return std::nullopt;
    const int value = (at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
    if (value > 255) return std::nullopt;
    at += 3;
    return static_cast<std::uint8_t>(value);
}

enum class Escaping : std::uint8_t {
    name,    // a label: the characters that mean something in a master file, and the dot
    quoted,  // a character-string between double quotes: those and the backslash
};

// Writes the octets as characters: with a backslash those that must be escaped, as \DDD those that
// are not printable. In a name a space counts as not printable.
void write_escaped(TextWriter& out, Octets octets, Escaping escaping) noexcept;

// \DDD.
void write_decimal_escape(TextWriter& out, std::uint8_t octet) noexcept;

}  // namespace dnshist
