#include "storage/pivot/text_indicators.hpp"

#include <algorithm>
#include <array>

#include "storage/record/name.hpp"

namespace dnshist {

namespace {

// The things that a character may be a part of.
enum Part : std::uint8_t {
    digit = 1,
    letter = 2,
    of_address = 4,
    of_word = 8,  // makes an address beside it a part of a longer word
    of_host = 16,
    of_user = 32,
    host_mark = 64,      // a host may follow it
    address_mark = 128,  // there is one in every address
    alphanumeric = digit | letter,
};

constexpr auto parts_of_character = [] {
    std::array<std::uint8_t, 256> table{};
    const auto add = [&table](std::string_view characters, unsigned part) {
        for (const char c : characters)
            table[static_cast<std::uint8_t>(c)] |= static_cast<std::uint8_t>(part);
    };
    constexpr unsigned of_all = of_word | of_host | of_user;
    add("0123456789", digit | of_all);
    add("abcdefghijklmnopqrstuvwxyz", letter | of_all);
    add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", letter | of_all);
    for (std::size_t c = 0x80; c < table.size(); ++c)
        table[c] = of_word;
    add("0123456789abcdefABCDEF:.", of_address);
    add("_", of_word);
    add("-_.", of_host);
    add("-_.+", of_user);
    add("@:", host_mark);
    add(".:", address_mark);
    return table;
}();

constexpr bool is(char c, std::uint8_t part) noexcept {
    return (parts_of_character[static_cast<std::uint8_t>(c)] & part) != 0;
}

constexpr bool is_digit(char c) noexcept {
    return is(c, digit);
}

constexpr bool is_ascii(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x80;
}

constexpr bool is_one_of(char c, std::string_view characters) noexcept {
    return characters.find(c) != std::string_view::npos;
}

// The position of the first such character at or after `at`; the end where there is none.
std::size_t find(std::string_view text, std::size_t at, std::uint8_t part) noexcept {
    while (at < text.size() && !is(text[at], part))
        ++at;
    return at;
}

// The end of the run of such characters that begins at `at`.
std::size_t end_of(std::string_view text, std::size_t at, std::uint8_t part) noexcept {
    while (at < text.size() && is(text[at], part))
        ++at;
    return at;
}

std::string_view without_final_dots(std::string_view text) noexcept {
    return text.substr(0, text.find_last_not_of('.') + 1);
}

// Letters, digits, hyphens and underscores, in labels that fit a name. A last label of digits alone
// makes it an address that is none (WHATWG URL, section 3.5), such as 300.1.1.1.
bool is_host_name(std::string_view text) noexcept {
    constexpr std::size_t longest = max_name_octets - 2;  // the first length and the root
    if (text.empty() || text.size() > longest) return false;
    for (std::string_view rest = text;;) {
        const std::string_view label = rest.substr(0, rest.find('.'));
        if (label.empty() || label.size() > max_label_octets) return false;
        if (label.size() == rest.size()) return !std::ranges::all_of(label, is_digit);
        rest.remove_prefix(label.size() + 1);
    }
}

}  // namespace

// The next run of characters that an address may consist of, without those at the ends that belong
// to a word beside them: "ip4:192.0.2.1" has '4' and ':' in front.
std::string_view AddressIndicators::take_run() noexcept {
    const std::size_t mark = find(text_, at_, address_mark);
    std::size_t begin = mark;
    while (begin > at_ && is(text_[begin - 1], of_address))
        --begin;
    at_ = end_of(text_, mark, of_address);
    if (mark == at_) return {};
    std::string_view run = text_.substr(begin, at_ - begin);
    if (begin > 0 && is(text_[begin - 1], of_word)) {
        const std::size_t colon = run.find(':');
        if (colon == std::string_view::npos) return {};
        run.remove_prefix(colon + 1);
    }
    if (at_ < text_.size() && is(text_[at_], of_word)) {
        const std::size_t colon = run.rfind(':');
        if (colon == std::string_view::npos) return {};
        run = run.substr(0, colon);
    }
    run = without_final_dots(run);
    if (run.ends_with(':') && !run.ends_with("::")) run.remove_suffix(1);
    return run;
}

std::optional<AddressIndicators::Address> AddressIndicators::next() noexcept {
    constexpr std::size_t shortest = 2;  // "::"
    while (!pieces_.empty() || at_ < text_.size()) {
        if (pieces_.empty()) {
            const std::string_view run = take_run();
            if (run.size() < shortest) continue;
            pieces_ = run;
            if (const auto v6 = ipv6_from_text(pieces_)) {
                pieces_ = {};
                return *v6;
            }
        }
        // An IPv4 address may have a port after it, or a word before it.
        const std::string_view piece = pieces_.substr(0, pieces_.find(':'));
        pieces_.remove_prefix(std::min(piece.size() + 1, pieces_.size()));
        if (const auto v4 = ipv4_from_text(without_final_dots(piece))) return *v4;
    }
    return std::nullopt;
}

// The host name that begins there; empty where there is none, or where characters follow that no
// host name has (an escape, an internationalised label).
std::string_view HostIndicators::host_at(std::size_t begin) const noexcept {
    const std::size_t end = end_of(text_, begin, of_host);
    if (end != text_.size() && (is_one_of(text_[end], "%\\@") || !is_ascii(text_[end]))) return {};
    const std::string_view host = without_final_dots(text_.substr(begin, end - begin));
    return is_host_name(host) ? host : std::string_view{};
}

// The host of the URI whose scheme ends at the colon. One that has user information is left to the
// '@' behind that.
std::string_view HostIndicators::authority_behind(std::size_t colon) const noexcept {
    const std::string_view before = text_.substr(0, colon);
    std::size_t begin = colon + 1;
    if (text_.substr(begin).starts_with("//")) {
        if (before.empty() || !is(before.back(), alphanumeric)) return {};
        begin += 2;
    } else {
        const auto is_scheme = [before](std::string_view scheme) {
            return before.size() >= scheme.size() &&
                   std::ranges::equal(before.substr(before.size() - scheme.size()), scheme, {},
                                      [](char c) { return static_cast<char>(c | 0x20); }) &&
                   (before.size() == scheme.size() ||
                    !is(before[before.size() - scheme.size() - 1], alphanumeric));
        };
        if (!is_scheme("sip") && !is_scheme("sips")) return {};
    }
    const std::size_t end = text_.find_first_of("/?#@ \t\"<>,!", begin);
    if (end != std::string_view::npos && text_[end] == '@') return {};
    return host_at(begin);
}

// An '@' without a user is no mailbox. A user that is ordinary only at its end is not cut.
HostIndicator HostIndicators::mailbox_around(std::size_t at_sign) const noexcept {
    std::size_t begin = at_sign;
    while (begin > 0 && is(text_[begin - 1], of_user))
        --begin;
    const std::string_view host = host_at(at_sign + 1);
    if (begin == at_sign || host.empty()) return {};
    const bool whole =
        begin == 0 || (is_ascii(text_[begin - 1]) && !is_one_of(text_[begin - 1], "%\\{}#$&*^`~?"));
    return {whole ? text_.substr(begin, at_sign + 1 + host.size() - begin) : std::string_view{},
            host};
}

std::optional<HostIndicator> HostIndicators::next() noexcept {
    for (;;) {
        const std::size_t mark = find(text_, at_, host_mark);
        if (mark == text_.size()) return std::nullopt;
        at_ = mark + 1;
        const HostIndicator found =
            text_[mark] == '@' ? mailbox_around(mark) : HostIndicator{{}, authority_behind(mark)};
        if (!found.host.empty()) return found;
    }
}

bool is_address_text(std::string_view text) noexcept {
    if (text.empty() || !is(text.front(), of_address)) return false;
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        const std::string_view length = text.substr(slash + 1);
        if (length.empty() || length.size() > 3 || !std::ranges::all_of(length, is_digit)) {
            return false;
        }
    }
    const std::string_view address = text.substr(0, slash);
    return ipv4_from_text(address) || ipv6_from_text(address);
}

bool is_mailbox_text(std::string_view text) noexcept {
    const std::size_t at_sign = text.find('@');
    if (at_sign == std::string_view::npos) return false;
    const auto found = HostIndicators(text).next();
    return found && found->mailbox == text;
}

}  // namespace dnshist
