#include "storage/base/json.hpp"

#include <array>
#include <charconv>

#include "storage/base/hex.hpp"

namespace dnshist {

namespace {

bool continues(char c) noexcept {
    return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80;
}

// How many octets the character of UTF-8 at the start of `text` has (RFC 3629, section 4); 0 where
// there is none.
std::size_t utf8_length(std::string_view text) noexcept {
    const auto at = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!continues(text[i])) return 0;
    }
    // Longer than need be, a surrogate, or beyond the last character.
    if ((lead == 0xe0 && at(1) < 0xa0) || (lead == 0xed && at(1) > 0x9f) ||
        (lead == 0xf0 && at(1) < 0x90) || (lead == 0xf4 && at(1) > 0x8f)) {
        return 0;
    }
    return length;
}

void append_escape(std::string& out, char c) {
    const auto octet = static_cast<std::uint8_t>(c);
    out += '\\';
    switch (c) {
        case '"':
        case '\\':
            out += c;
            return;
        case '\n':
            out += 'n';
            return;
        case '\t':
            out += 't';
            return;
        default:
            out += "u00";
            out += hex_digits[octet >> 4];
            out += hex_digits[octet & 0xf];
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;  // where what has not been written yet begins
    for (std::size_t i = 0; i < text.size();) {
        const auto octet = static_cast<std::uint8_t>(text[i]);
        const bool ascii = octet >= ' ' && octet < 0x7f && octet != '"' && octet != '\\';
        const std::size_t length = ascii ? 1 : octet < 0x80 ? 0 : utf8_length(text.substr(i));
        if (length != 0) {
            i += length;
            continue;
        }
        out.append(text, plain, i - plain);
        append_escape(out, text[i]);
        plain = ++i;
    }
    out.append(text, plain);
    out += '"';
}

void append_json_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

}  // namespace dnshist
