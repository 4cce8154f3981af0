#include "storage/text/quote.hpp"

#include <array>
#include <cstdint>

#include "storage/base/utf8.hpp"
#include "storage/text/escape.hpp"

namespace dnshist {

namespace {

constexpr std::size_t longest_shown = 80;

// The code of a character that is valid UTF-8.
char32_t code_of(std::string_view character) noexcept {
    const auto lead = static_cast<std::uint8_t>(character.front());
    char32_t code = character.size() == 1 ? lead : lead & (0x7fU >> character.size());
    for (const char c : character.substr(1))
        code = code << 6 | (static_cast<std::uint8_t>(c) & 0x3fU);
    return code;
}

// Whether a terminal does something else with it than show it.
bool is_obeyed(char32_t code) noexcept {
    const auto within = [code](char32_t first, char32_t last) {
        return code >= first && code <= last;
    };
    return code < 0x20 || within(0x7f, 0x9f) || code == 0x61c || within(0x200e, 0x200f) ||
           within(0x2028, 0x202e) || within(0x2066, 0x2069);
}

}  // namespace

std::string quote(std::string_view text) {
    std::array<char, 4 * longest_shown + 8> room;
    TextWriter out(room);
    out.put('\'');
    for (const char c : text.substr(0, longest_shown)) {
        if (c >= ' ' && c <= '~') {
            out.put(c);
        } else {
            write_decimal_escape(out, static_cast<std::uint8_t>(c));
        }
    }
    if (text.size() > longest_shown) out.put("...");
    out.put('\'');
    return std::string(out.text());
}

std::string printable(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        const std::size_t octets = utf8_length(text);
        const std::string_view character = text.substr(0, octets == 0 ? 1 : octets);
        if (octets != 0 && !is_obeyed(code_of(character))) {
            shown += character;
        } else {
            std::array<char, 16> room;
            TextWriter out(room);
            for (const char c : character)
                write_decimal_escape(out, static_cast<std::uint8_t>(c));
            shown += out.text();
        }
        text.remove_prefix(character.size());
    }
    return shown;
}

}  // namespace dnshist
