#include "storage/query/address_subject.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "storage/query/hint/pasted_text.hpp"
#include "storage/record/labels.hpp"
#include "storage/text/address.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/number.hpp"

namespace dnshist {

namespace {

// The longest prefix: an IPv6 address that ends in an IPv4 address, and a length.
constexpr std::size_t max_prefix_text = 49;
// The longest range: two such addresses.
constexpr std::size_t max_range_text = 91;
constexpr std::string_view ipv6_word = "v6-";

// A decimal number, or `most` where it is larger.
unsigned number_up_to(unsigned most, std::string_view digits) noexcept {
    unsigned value = most;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return std::min(value, most);
}

QueryError impossible_length(std::string_view text, unsigned most) {
    return QueryError([&](TextWriter& out) {
        write_quoted(out, text);
        out.put(" is no prefix: its length goes from 0 to ");
        out.put_decimal(most);
        // A mask has a length.
        std::array<char, 2 * max_prefix_text> room;
        TextWriter pasted(room);
        write_pasted(pasted, text);
        if (pasted.text() != text && pasted.text().find('/') != std::string_view::npos) {
            write_suggestion(out, "", pasted.text());
        }
    });
}

// Four numbers of at most 255; missing ones are zero.
void suggest_ipv4(TextWriter& out, std::string_view address, std::string_view length) {
    for (int part = 0; part < 4; ++part) {
        if (part > 0) out.put('.');
        const std::string_view digits = address.substr(0, address.find('.'));
        out.put_decimal(digits.empty() ? 0 : number_up_to(255, digits));
        address.remove_prefix(std::min(digits.size() + 1, address.size()));
    }
    if (length.empty()) return;
    out.put('/');
    out.put_decimal(number_up_to(32, length));
}

// Completed by "::".
void suggest_ipv6(TextWriter& out, std::string_view address, std::string_view length) {
    while (address.ends_with(':'))
        address.remove_suffix(1);
    std::array<char, max_prefix_text + 2> room;
    TextWriter closed(room);
    closed.put(address);
    closed.put("::");
    if (!ipv6_from_text(closed.text())) return;
    out.put(closed.text());
    if (length.empty()) return;
    out.put('/');
    out.put_decimal(number_up_to(128, length));
}

QueryError no_prefix(std::string_view text, std::string_view what,
                     void (*suggest)(TextWriter&, std::string_view, std::string_view)) {
    return QueryError([&](TextWriter& out) {
        write_quoted(out, text);
        out.put(" is no ");
        out.put(what);
        std::array<char, 2 * max_prefix_text> room;
        TextWriter suggestion(room);
        const std::size_t slash = std::min(text.find('/'), text.size());
        suggest(suggestion, text.substr(0, slash), text.substr(std::min(slash + 1, text.size())));
        write_suggestion(out, "", suggestion.text());
    });
}

bool has_long_number(std::string_view address) noexcept {
    std::size_t digits = 0;
    for (const char c : address) {
        digits = c == '.' ? 0 : digits + 1;
        if (digits > 3) return true;
    }
    return false;
}

// An error only for what can hardly mean anything else: a version (10.0.19041.1), a hardware
// address or a fingerprint (00:1a:2b:3c:4d:5e) may be a text token.
std::optional<QueryError> malformed_address(std::string_view text) {
    const std::string_view address = text.substr(0, text.find('/'));
    const bool has_length = address.size() < text.size();
    if (!has_length || consists_of(text.substr(address.size() + 1), "0123456789")) {
        const auto dots = std::ranges::count(address, '.');
        if (consists_of(address, "0123456789.") && (dots == 3 || (has_length && dots < 3)) &&
            !has_long_number(address)) {
            return no_prefix(text, has_length ? "IPv4 prefix" : "IPv4 address", suggest_ipv4);
        }
        const bool has_gap = address.find("::") != std::string_view::npos;
        const bool has_colon = address.find(':') != std::string_view::npos;
        if (consists_of(address, "0123456789abcdef:.") && (has_gap || (has_length && has_colon))) {
            return no_prefix(text, has_length ? "IPv6 prefix" : "IPv6 address", suggest_ipv6);
        }
    }
    return std::nullopt;
}

template <std::size_t size>
Prefix make_prefix(const std::array<std::uint8_t, size>& address, unsigned length,
                   bool is_address) noexcept {
    Prefix prefix{};
    prefix.size = size;
    prefix.length = static_cast<std::uint8_t>(length);
    prefix.is_address = is_address;
    std::ranges::copy(address, prefix.octets.begin());
    return prefix;
}

// FIRST-LAST, of one family. Nothing where the text is something else.
PrefixResult read_range(std::string_view text) {
    const std::size_t hyphen = text.find('-');
    const std::string_view from = text.substr(0, hyphen);
    const std::string_view to = text.substr(hyphen + 1);
    const auto range = [&](const auto& first, const auto& last) -> PrefixResult {
        if (first > last) {
            return QueryError([&](TextWriter& out) {
                write_quoted(out, text);
                out.put(" is no range: it goes from the lower address to the higher");
                std::array<char, max_range_text> room;
                TextWriter turned(room);
                turned.put(to);
                turned.put('-');
                turned.put(from);
                write_suggestion(out, "", turned.text());
            });
        }
        unsigned shared = 0;
        while (shared < 8 * first.size() &&
               ((first[shared / 8] ^ last[shared / 8]) & 0x80U >> shared % 8) == 0)
            ++shared;
        Prefix prefix = make_prefix(first, shared, false);
        prefix.is_range = true;
        std::ranges::copy(last, prefix.last.begin());
        return prefix;
    };
    const auto first4 = ipv4_from_text(from);
    const auto last4 = ipv4_from_text(to);
    if (first4 && last4) return range(*first4, *last4);
    const auto first6 = ipv6_from_text(from);
    const auto last6 = ipv6_from_text(to);
    if (first6 && last6) return range(*first6, *last6);
    return {};
}

// ADDRESS or ADDRESS/LENGTH as they are written with dots, colons and a slash, for the spellings
// without them; false where the labels are none of these.
bool write_respelt(TextWriter& out, Octets labels) noexcept {
    Labels rest(labels);
    std::string_view label = rest.next().value_or("");
    std::string_view length;
    if (label.starts_with(prefix_word)) {
        length = label.substr(prefix_word.size());
        labels = rest.rest();
        label = rest.next().value_or("");
    }
    if (label.starts_with(ipv6_word) && rest.rest().empty()) {
        for (const char c : label.substr(ipv6_word.size()))
            out.put(c == '-' ? ':' : c);
    } else if (!length.empty()) {
        write_dotted(out, labels);
    } else {
        return false;
    }
    const bool is_address =
        !out.overflowed() && (ipv4_from_text(out.text()) || ipv6_from_text(out.text()));
    if (!length.empty()) {
        out.put('/');
        out.put(length);
    }
    return is_address;
}

}  // namespace

PrefixResult read_prefix(Octets labels) {
    // A quick test: nearly every subject ends in a letter that no address has.
    if (labels.empty() || (!consists_of(as_text(labels.last(1)), "0123456789abcdef:-") &&
                           as_text(labels).find('/') == std::string_view::npos)) {
        return {};
    }
    std::array<char, max_range_text> room;
    TextWriter dotted(room);
    if (!write_respelt(dotted, labels)) {
        dotted = TextWriter(room);
        write_dotted(dotted, labels);
    }
    if (dotted.overflowed()) return {};
    const std::string_view text = dotted.text();
    const bool has_hyphen = text.find('-') != std::string_view::npos;
    if (has_hyphen && text.find('/') == std::string_view::npos) return read_range(text);
    if (text.size() > max_prefix_text) return {};
    const std::string_view address = text.substr(0, text.rfind('/'));
    const auto v4 = ipv4_from_text(address);
    const auto v6 = v4 ? std::nullopt : ipv6_from_text(address);
    if (!v4 && !v6) {
        if (auto error = malformed_address(text)) return *error;
        return {};
    }
    const unsigned most = v4 ? 32 : 128;
    unsigned length = most;
    const bool is_address = address.size() == text.size();
    if (!is_address) {
        const auto number = number_from_text<unsigned>(text.substr(address.size() + 1));
        if (!number || *number > most) return impossible_length(text, most);
        length = *number;
    }
    return v4 ? make_prefix(*v4, length, is_address) : make_prefix(*v6, length, is_address);
}

}  // namespace dnshist
