#include "storage/base/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "storage/base/hex.hpp"
#include "storage/base/swar.hpp"
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

// For append(at, count), which costs a third less than append(at, end).
std::size_t octets_between(const char* begin, const char* end) noexcept {
    return static_cast<std::size_t>(end - begin);
}

// Marks the first octet that is not written as it stands, or that is not of ASCII.
constexpr std::uint64_t is_special(std::uint64_t word) noexcept {
    return word | mark_up_to(word, ' ' - 1) | mark(word, '"') | mark(word, '\\') |
           mark(word, '\x7f');
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    const char* const end = text.data() + text.size();
    const char* plain = text.data();  // where what has not been written yet begins
    const char* at = plain;
    while ((at = find_marked(at, end, is_special)) != end) {
        const bool is_ascii = static_cast<std::uint8_t>(*at) < 0x80;
        const std::size_t length = is_ascii ? 0 : utf8_length({at, end});
        if (length != 0) {
            at += length;
            continue;
        }
        out.append(plain, octets_between(plain, at));
        append_escape(out, *at);
        plain = ++at;
    }
    out.append(plain, octets_between(plain, end));
    out += '"';
}

void append_json_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), octets_between(digits.data(), end));
}

// `,"NAME":` at the beginning of a room for it. One append costs less than four.
char* JsonObject::write_name(std::string_view name, Room& room) {
    char* at = room.data();
    if (!std::exchange(first_, false)) *at++ = ',';
    *at++ = '"';
    at = std::ranges::copy(name, at).out;
    *at++ = '"';
    *at++ = ':';
    return at;
}

std::string& JsonObject::member(std::string_view name) {
    Room room;
    const char* const end = write_name(name, room);
    return out_.append(room.data(), octets_between(room.data(), end));
}

void JsonObject::number(std::string_view name, std::uint64_t value) {
    Room room;
    char* const at = write_name(name, room);
    const char* const end = std::to_chars(at, room.data() + room.size(), value).ptr;
    out_.append(room.data(), octets_between(room.data(), end));
}

}  // namespace dnshist
