#include "storage/text/punycode.hpp"

#include <algorithm>
#include <cstdint>

namespace dnshist {

namespace {

// RFC 3492, section 5.
constexpr std::uint32_t base = 36;
constexpr std::uint32_t t_min = 1;
constexpr std::uint32_t t_max = 26;
constexpr std::uint32_t skew = 38;
constexpr std::uint32_t damp = 700;
constexpr std::uint32_t initial_bias = 72;
constexpr std::uint32_t initial_n = 0x80;
constexpr std::uint32_t last_character = 0x10ffff;
constexpr std::size_t max_characters = 64;

// Section 6.1.
std::uint32_t adapted_bias(std::uint32_t delta, std::uint32_t points, bool is_first) noexcept {
    delta = is_first ? delta / damp : delta / 2;
    delta += delta / points;
    std::uint32_t k = 0;
    for (; delta > (base - t_min) * t_max / 2; k += base)
        delta /= base - t_min;
    return k + (base - t_min + 1) * delta / (delta + skew);
}

char digit(std::uint32_t value) noexcept {
    return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

std::optional<std::uint32_t> digit_value(char c) noexcept {
    if ('a' <= c && c <= 'z') return static_cast<std::uint32_t>(c - 'a');
    if ('0' <= c && c <= '9') return static_cast<std::uint32_t>(c - '0') + 26;
    return std::nullopt;
}

// The next number of `text`, which is taken off; nothing where it ends too early or is too large.
std::optional<std::uint64_t> read_number(std::string_view& text, std::uint32_t bias) noexcept {
    std::uint64_t number = 0;
    std::uint64_t weight = 1;
    for (std::uint32_t k = base;; k += base) {
        if (text.empty()) return std::nullopt;
        const auto value = digit_value(text.front());
        if (!value) return std::nullopt;
        text.remove_prefix(1);
        number += *value * weight;
        const std::uint32_t t = k <= bias ? t_min : std::min(k - bias, t_max);
        if (*value < t) return number;
        weight *= base - t;
        if (number > UINT32_MAX || weight > UINT32_MAX) return std::nullopt;
    }
}

// A number of variable length (section 3.3).
void write_number(TextWriter& out, std::uint32_t number, std::uint32_t bias) noexcept {
    for (std::uint32_t k = base;; k += base) {
        const std::uint32_t t = k <= bias ? t_min : std::min(k - bias, t_max);
        if (number < t) break;
        out.put(digit(t + (number - t) % (base - t)));
        number = (number - t) / (base - t);
    }
    out.put(digit(number));
}

}  // namespace

// Section 6.3. With 64 characters of at most 21 bits nothing overflows.
void write_ace(TextWriter& out, std::u32string_view label) noexcept {
    label = label.substr(0, max_characters);
    out.put(ace_prefix);
    std::uint32_t written = 0;
    for (const char32_t c : label) {
        if (c >= initial_n) continue;
        out.put(static_cast<char>(c));
        ++written;
    }
    const std::uint32_t basic = written;
    if (basic > 0) out.put('-');
    std::uint32_t n = initial_n;
    std::uint32_t delta = 0;
    std::uint32_t bias = initial_bias;
    while (written < label.size()) {
        std::uint32_t next = UINT32_MAX;
        for (const char32_t c : label)
            if (c >= n) next = std::min(next, static_cast<std::uint32_t>(c));
        delta += (next - n) * (written + 1);
        n = next;
        for (const char32_t c : label) {
            if (c < n) ++delta;
            if (c != n) continue;
            write_number(out, delta, bias);
            bias = adapted_bias(delta, written + 1, written == basic);
            delta = 0;
            ++written;
        }
        ++delta;
        ++n;
    }
}

// Section 6.2.
std::optional<std::u32string> read_ace(std::string_view label) {
    if (label.size() >= max_characters || !label.starts_with(ace_prefix)) return std::nullopt;
    label.remove_prefix(ace_prefix.size());
    std::u32string out;
    if (const auto hyphen = label.rfind('-'); hyphen != std::string_view::npos) {
        out.assign(label.begin(), label.begin() + hyphen);
        label.remove_prefix(hyphen + 1);
    }
    if (label.empty() || std::ranges::any_of(out, [](char32_t c) { return c >= initial_n; })) {
        return std::nullopt;
    }
    std::uint64_t n = initial_n;
    std::uint64_t at = 0;
    std::uint32_t bias = initial_bias;
    for (bool is_first = true; !label.empty(); is_first = false) {
        const auto delta = read_number(label, bias);
        if (!delta) return std::nullopt;
        const std::uint64_t points = out.size() + 1;
        bias = adapted_bias(static_cast<std::uint32_t>(*delta), static_cast<std::uint32_t>(points),
                            is_first);
        at += *delta;
        n += at / points;
        at %= points;
        if (n > last_character) return std::nullopt;
        out.insert(static_cast<std::size_t>(at), 1, static_cast<char32_t>(n));
        ++at;
    }
    return out;
}

}  // namespace dnshist
