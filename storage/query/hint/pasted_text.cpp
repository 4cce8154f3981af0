#include "storage/query/hint/pasted_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"
#include "storage/text/address.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/idna.hpp"

namespace dnshist {

namespace {

constexpr std::string_view decimal_digits = "0123456789";

std::string_view without_marks(std::string_view text) noexcept {
    text = trimmed(text, " \t\r\n\"'`<>,;");
    if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
    return text;
}

// So that nobody follows a link by mistake, reports write www[.]example[.]com.
void write_refanged(TextWriter& out, std::string_view text) noexcept {
    using Pair = std::pair<std::string_view, std::string_view>;
    constexpr std::array pairs{
        Pair{"[.]", "."},   Pair{"(.)", "."},   Pair{"{.}", "."},   Pair{"[dot]", "."},
        Pair{"(dot)", "."}, Pair{"{dot}", "."}, Pair{" dot ", "."}, Pair{"\\.", "."},
        Pair{"[.", "."},    Pair{".]", "."},    Pair{"[:]", ":"},   Pair{"[://]", "://"},
        Pair{"[:", ":"},    Pair{"[/]", "/"},   Pair{"[@]", "@"},   Pair{"[at]", "@"},
        Pair{"(at)", "@"},  Pair{"{at}", "@"},  Pair{" at ", "@"},
    };
    // An address of IPv6 in brackets begins like a colon in them.
    const auto is_bracketed_v6 = [](std::string_view rest) {
        return rest.starts_with("[:") && ipv6_from_text(rest.substr(1, rest.find(']') - 1));
    };
    while (!text.empty()) {
        const auto* const found = std::ranges::find_if(
            pairs, [text](const Pair& pair) { return text.starts_with(pair.first); });
        if (found == pairs.end() || is_bracketed_v6(text)) {
            out.put(text.front());
            text.remove_prefix(1);
        } else {
            out.put(found->second);
            text.remove_prefix(found->first.size());
        }
    }
}

// "https://", "hxxp://", "//", "mailto:" and the like.
bool remove_scheme(std::string_view& text) noexcept {
    constexpr std::string_view scheme_characters = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
    const std::size_t slashes = text.find("//");
    if (slashes != std::string_view::npos) {
        std::string_view scheme = text.substr(0, slashes);
        if (scheme.ends_with(':')) scheme.remove_suffix(1);
        if (consists_of(scheme, scheme_characters)) {
            text.remove_prefix(slashes + 2);
            return true;
        }
    }
    for (const std::string_view scheme : {"mailto:", "sip:", "sips:", "xmpp:"}) {
        if (!text.starts_with(scheme)) continue;
        text.remove_prefix(scheme.size());
        return false;  // an '@' in it is a mailbox's
    }
    return false;
}

// The number of bits in a mask such as 255.255.255.0.
std::optional<unsigned> length_of_mask(std::string_view text) noexcept {
    const auto octets = ipv4_from_text(text);
    if (!octets) return std::nullopt;
    const std::uint32_t mask = OctetReader(*octets).u32().value_or(0);
    const auto length = static_cast<unsigned>(std::countl_one(mask));
    return length + static_cast<unsigned>(std::countr_zero(mask)) >= 32 ? std::optional(length)
                                                                        : std::nullopt;
}

void write_prefix(TextWriter& out, Octets address, unsigned length) noexcept {
    write_ipv4(out, address);
    out.put('/');
    out.put_decimal(length);
}

// ADDRESS/MASK.
bool write_masked(TextWriter& out, std::string_view text) noexcept {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return false;
    const auto address = ipv4_from_text(text.substr(0, slash));
    const auto length = length_of_mask(text.substr(slash + 1));
    if (address && length) write_prefix(out, *address, *length);
    return address && length;
}

// FIRST-LAST.
bool write_range(TextWriter& out, std::string_view text) noexcept {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return false;
    const auto first = ipv4_from_text(without_marks(text.substr(0, dash)));
    const auto last = ipv4_from_text(without_marks(text.substr(dash + 1)));
    if (!first || !last) return false;
    write_ipv4(out, std::min(*first, *last));
    out.put('-');
    write_ipv4(out, std::max(*first, *last));
    return true;
}

// The beginning of an IPv4 address: 203.0.113, 203.0.113.*, 203.0.x.x, 203.0.113.0-255.
bool write_beginning(TextWriter& out, std::string_view text) noexcept {
    std::array<std::uint8_t, 4> address{};
    unsigned count = 0;
    bool open = false;
    unsigned parts = 0;
    for (bool more = true; more; ++parts) {
        const std::string_view part = text.substr(0, text.find('.'));
        more = part.size() < text.size();
        text.remove_prefix(more ? part.size() + 1 : part.size());
        if (part == "*" || part == "x" || part == "0-255" || (part.empty() && !more)) {
            open = true;
            continue;
        }
        unsigned number = 256;
        std::from_chars(part.data(), part.data() + part.size(), number);
        if (open || count == address.size() || part.size() > 3 || number > 255 ||
            !consists_of(part, decimal_digits)) {
            return false;
        }
        address[count++] = static_cast<std::uint8_t>(number);
    }
    if (count == 0 || count == address.size() || parts > 4 || (count < 3 && !open)) return false;
    write_prefix(out, address, 8 * count);
    return true;
}

// Whether what is before a slash, a question mark or a number sign is a host, so that a path begins
// there; the slash of a prefix and of a classless reverse name (RFC 2317) begins none.
std::string_view without_path(std::string_view text, bool has_scheme) noexcept {
    const std::size_t end = text.find_first_of("/?#\\");
    if (end == std::string_view::npos || (!has_scheme && text.ends_with(".arpa"))) return text;
    const std::string_view host = text.substr(0, end);
    const std::string_view behind = text.substr(end + 1);
    const bool is_prefix = text[end] == '/' && !behind.empty() && !has_scheme &&
                           consists_of(behind, decimal_digits) &&
                           (ipv4_from_text(host) || ipv6_from_text(host));
    const bool is_host = has_scheme || host.find_first_of(".:]") != std::string_view::npos;
    return is_host && !is_prefix ? host : text;
}

std::string_view without_port(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        const std::string_view inside = text.substr(1, text.find(']') - 1);
        const std::string_view zoneless = inside.substr(0, inside.find('%'));
        return ipv6_from_text(zoneless) ? zoneless : text;
    }
    if (const std::string_view zoneless = text.substr(0, text.find('%'));
        zoneless.size() < text.size() && ipv6_from_text(zoneless)) {
        return zoneless;
    }
    const std::size_t colon = text.find(':');
    const bool one = colon != std::string_view::npos && colon == text.rfind(':');
    const bool is_port = one && text.size() - colon <= 6 && text.find('.') < colon &&
                         consists_of(text.substr(colon + 1), decimal_digits);
    return is_port ? text.substr(0, colon) : text;
}

// In the letters of the DNS, if the text has others.
void write_in_ascii(TextWriter& out, std::string_view text) {
    const auto ascii = domain_in_ascii(text);
    out.put(ascii ? std::string_view(*ascii) : text);
}

}  // namespace

void write_pasted(TextWriter& out, std::string_view text) {
    std::array<char, max_pasted> room;
    TextWriter refanged(room);
    write_refanged(refanged, without_marks(text));
    std::string_view rest = refanged.text();
    const bool has_scheme = remove_scheme(rest);
    if (write_masked(out, rest)) return;
    rest = without_path(rest, has_scheme);
    if (has_scheme && rest.find('@') != std::string_view::npos) {
        rest.remove_prefix(rest.rfind('@') + 1);
    }
    rest = without_marks(without_port(rest));
    if (write_range(out, rest) || write_beginning(out, rest)) return;
    write_in_ascii(out, rest);
}

}  // namespace dnshist
