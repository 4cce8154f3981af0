#include "storage/base/json.hpp"

#include <array>
#include <charconv>

#include "storage/base/hex.hpp"
#include "storage/base/utf8.hpp"

namespace dnshist {

namespace {

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
