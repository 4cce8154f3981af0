#include "storage/text/printable.hpp"

#include <array>

#include "storage/base/hex.hpp"
#include "storage/base/utf8.hpp"

namespace dnshist {

namespace {

constexpr bool is_hidden(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void append_hex(std::string& out, char32_t value, unsigned digits) {
    while (digits-- != 0)
        out += hex_digits[value >> (4 * digits) & 0xfU];
}

void append_octet(std::string& out, char c, Escape escape) {
    const auto octet = static_cast<std::uint8_t>(c);
    out += '\\';
    if (escape == Escape::hex) {
        out += 'x';
        append_hex(out, octet, 2);
    } else {
        out += static_cast<char>('0' + octet / 100);
        out += static_cast<char>('0' + octet / 10 % 10);
        out += static_cast<char>('0' + octet % 10);
    }
}

}  // namespace

std::string printable(std::string_view text, Escape escape, std::string_view kept) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        // An octet that is no UTF-8 counts as the character of its number.
        const std::string_view character = text.substr(0, length == 0 ? 1 : length);
        const char32_t number =
            length == 0 ? static_cast<std::uint8_t>(text[0]) : utf8_number(character);
        text.remove_prefix(character.size());
        const bool stays =
            length != 0 && (!is_hidden(number) || kept.find(character) != std::string_view::npos);
        if (stays) {
            out += character;
        } else if (escape == Escape::json) {
            out += "\\u";
            append_hex(out, number, 4);
        } else {
            for (const char c : character)
                append_octet(out, c, escape);
        }
    }
    return out;
}

}  // namespace dnshist
