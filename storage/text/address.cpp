#include "storage/text/address.hpp"

#include <algorithm>

#include "storage/base/hex.hpp"

namespace dnshist {

namespace {

constexpr std::size_t group_count = 8;
using Groups = std::array<std::uint16_t, group_count>;

// Takes up to four hexadecimal digits off the front of `text`; nothing where there are none.
std::optional<std::uint16_t> take_group(std::string_view& text) noexcept {
    unsigned value = 0;
    std::size_t count = 0;
    for (; count < 4 && count < text.size(); ++count) {
        const auto digit = hex_value(text[count]);
        if (!digit) break;
        value = value << 4 | *digit;
    }
    if (count == 0) return std::nullopt;
    text.remove_prefix(count);
    return static_cast<std::uint16_t>(value);
}

// A run of groups that are zero.
struct Zeros {
    std::size_t begin = 0;
    std::size_t count = 0;
};

// The longest run, the first of equal ones; a single group does not count (RFC 5952, section 4.2).
Zeros longest_zeros(const Groups& groups) noexcept {
    Zeros longest;
    for (std::size_t i = 0; i < group_count;) {
        std::size_t end = i;
        while (end < group_count && groups[end] == 0)
            ++end;
        if (end - i > 1 && end - i > longest.count) longest = {i, end - i};
        i = end + 1;
    }
    return longest;
}

char* put_decimal_octet(char* out, std::uint8_t octet) noexcept {
    if (octet >= 100) *out++ = static_cast<char>('0' + octet / 100);
    if (octet >= 10) *out++ = static_cast<char>('0' + octet / 10 % 10);
    *out++ = static_cast<char>('0' + octet % 10);
    return out;
}

char* put_ipv4(char* out, const std::uint8_t* address) noexcept {
    for (std::size_t i = 0; i < 4; ++i) {
        if (i != 0) *out++ = '.';
        out = put_decimal_octet(out, address[i]);
    }
    return out;
}

char* put_group(char* out, std::uint16_t group) noexcept {
    for (unsigned shift = 12; shift != 0; shift -= 4) {
        if (group >> shift != 0) *out++ = hex_digits[group >> shift & 0xf];
    }
    *out++ = hex_digits[group & 0xf];
    return out;
}

}  // namespace

std::optional<Ipv4Address> ipv4_from_text(std::string_view text) noexcept {
    Ipv4Address address;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < address.size(); ++i) {
        if (i != 0 && (at == end || *at++ != '.')) return std::nullopt;
        const char* const first = at;
        unsigned value = 0;
        while (at != end && *at >= '0' && *at <= '9' && at - first < 3) {
            value = value * 10 + static_cast<unsigned>(*at++ - '0');
        }
        if (at == first || value > 255 || (at - first > 1 && *first == '0')) return std::nullopt;
        address[i] = static_cast<std::uint8_t>(value);
    }
    if (at != end) return std::nullopt;
    return address;
}

std::optional<Ipv6Address> ipv6_from_text(std::string_view text) noexcept {
    Ipv6Address address{};
    std::size_t size = 0;             // octets read so far
    std::optional<std::size_t> skip;  // the position of "::" among them
    if (text.starts_with("::")) {
        skip = 0;
        text.remove_prefix(2);
    }
    while (!text.empty()) {
        const std::string_view before = text;
        const auto group = take_group(text);
        if (!group || size == address.size()) return std::nullopt;
        if (text.starts_with('.')) {
            const auto embedded = ipv4_from_text(before);
            if (!embedded || size + embedded->size() > address.size()) return std::nullopt;
            std::ranges::copy(*embedded, address.begin() + static_cast<std::ptrdiff_t>(size));
            size += embedded->size();
            break;
        }
        put_u16(&address[size], *group);
        size += 2;
        if (text.empty()) break;
        if (text.starts_with("::")) {
            if (skip) return std::nullopt;
            skip = size;
            text.remove_prefix(2);
        } else if (text.front() == ':' && text.size() > 1) {
            text.remove_prefix(1);
        } else {
            return std::nullopt;
        }
    }
    if (!skip) return size == address.size() ? std::optional(address) : std::nullopt;
    if (size == address.size()) return std::nullopt;
    // The groups after "::" go to the end.
    const auto gap = address.begin() + static_cast<std::ptrdiff_t>(*skip);
    std::rotate(gap, address.begin() + static_cast<std::ptrdiff_t>(size), address.end());
    return address;
}

void write_ipv4(TextWriter& out, Octets address) noexcept {
    std::array<char, 15> room;
    const char* const end = put_ipv4(room.data(), address.data());
    out.put(std::string_view(room.data(), static_cast<std::size_t>(end - room.data())));
}

void write_ipv6(TextWriter& out, Octets address) noexcept {
    Groups groups;
    for (std::size_t i = 0; i < group_count; ++i) {
        groups[i] = get_u16(&address[2 * i]);
    }
    const Zeros zeros = longest_zeros(groups);
    const bool mapped = zeros.begin == 0 && zeros.count == 5 && groups[5] == 0xffff;

    std::array<char, 39> room;
    char* next = room.data();
    for (std::size_t i = 0; i < (mapped ? 6U : group_count);) {
        if (zeros.count != 0 && i == zeros.begin) {
            *next++ = ':';
            if (i == 0) *next++ = ':';
            i += zeros.count;
            continue;
        }
        next = put_group(next, groups[i]);
        if (++i != group_count) *next++ = ':';
    }
    if (mapped) next = put_ipv4(next, address.data() + 12);
    out.put(std::string_view(room.data(), static_cast<std::size_t>(next - room.data())));
}

}  // namespace dnshist
