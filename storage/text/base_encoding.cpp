#include "storage/text/base_encoding.hpp"

#include <algorithm>
#include <array>

namespace dnshist {

namespace {

constexpr std::string_view base16_digits = "0123456789ABCDEF";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32hex_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

constexpr std::uint8_t no_digit = 0xff;
constexpr std::uint8_t blank = 0xfe;

enum class Case : std::uint8_t { matters, either };

// The value of each character.
constexpr std::array<std::uint8_t, 256> make_values(std::string_view digits, Case letters) {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (const char c : std::string_view(" \t\r\n"))
        values[static_cast<std::uint8_t>(c)] = blank;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto digit = static_cast<std::uint8_t>(digits[i]);
        values[digit] = static_cast<std::uint8_t>(i);
        if (letters == Case::either) values[to_lower(digit)] = static_cast<std::uint8_t>(i);
    }
    return values;
}

constexpr auto hex_values = make_values(base16_digits, Case::either);
constexpr auto base64_values = make_values(base64_digits, Case::matters);
constexpr auto base32hex_values = make_values(base32hex_digits, Case::either);

// Reads digits of `Bits` bits each, the most significant first, and counts them. The bits left over
// at the end must be fewer than a digit has, and zero.
template <unsigned Bits>
bool read_digits(std::string_view text, const std::array<std::uint8_t, 256>& values,
                 OctetBuffer<max_decoded_octets>& out, std::size_t& count) noexcept {
    std::uint32_t pending = 0;
    unsigned pending_bits = 0;
    for (const char c : text) {
        const std::uint8_t value = values[static_cast<std::uint8_t>(c)];
        if (value == blank) continue;
        if (value == no_digit) return false;
        ++count;
        pending = pending << Bits | value;
        pending_bits += Bits;
        if (pending_bits >= 8) {
            pending_bits -= 8;
            if (!out.append(static_cast<std::uint8_t>(pending >> pending_bits))) return false;
            pending &= (1U << pending_bits) - 1;
        }
    }
    return pending_bits < Bits && pending == 0;
}

// Writes digits of `Bits` bits each, the last one padded with zero bits; returns their number.
template <unsigned Bits>
std::size_t write_digits(TextWriter& out, Octets octets, std::string_view digits) noexcept {
    std::array<char, 64> room;
    std::size_t used = 0;
    std::size_t count = 0;
    const auto put = [&](std::uint32_t value) {
        room[used++] = digits[value & ((1U << Bits) - 1)];
        ++count;
        if (used == room.size()) {
            out.put(std::string_view(room.data(), used));
            used = 0;
        }
    };
    std::uint32_t pending = 0;
    unsigned pending_bits = 0;
    for (const std::uint8_t octet : octets) {
        pending = pending << 8 | octet;
        pending_bits += 8;
        while (pending_bits >= Bits) {
            pending_bits -= Bits;
            put(pending >> pending_bits);
        }
        pending &= (1U << pending_bits) - 1;
    }
    if (pending_bits > 0) put(pending << (Bits - pending_bits));
    out.put(std::string_view(room.data(), used));
    return count;
}

}  // namespace

bool read_hex(std::string_view text, OctetBuffer<max_decoded_octets>& out) noexcept {
    std::size_t count = 0;
    return read_digits<4>(text, hex_values, out, count) && count % 2 == 0;
}

bool read_base64(std::string_view text, OctetBuffer<max_decoded_octets>& out) noexcept {
    std::size_t padding = 0;
    while (!text.empty()) {
        const char last = text.back();
        if (last == '=') {
            ++padding;
        } else if (base64_values[static_cast<std::uint8_t>(last)] != blank) {
            break;
        }
        text.remove_suffix(1);
    }
    std::size_t count = 0;
    return read_digits<6>(text, base64_values, out, count) && padding <= 2 &&
           (count + padding) % 4 == 0;
}

bool read_base32hex(std::string_view text, OctetBuffer<max_decoded_octets>& out) noexcept {
    std::size_t count = 0;
    return read_digits<5>(text, base32hex_values, out, count);
}

void write_hex(TextWriter& out, Octets octets) noexcept {
    write_digits<4>(out, octets, base16_digits);
}

void write_base64(TextWriter& out, Octets octets) noexcept {
    const std::size_t count = write_digits<6>(out, octets, base64_digits);
    out.put(std::string_view("==").substr(0, (4 - count % 4) % 4));
}

void write_base32hex(TextWriter& out, Octets octets) noexcept {
    write_digits<5>(out, octets, base32hex_digits);
}

}  // namespace dnshist
