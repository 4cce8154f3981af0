#include "storage/pivot/text_values.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

#include "storage/pivot/text_indicators.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "storage/text/address.hpp"
#include "storage/text/characters.hpp"

namespace dnshist {

namespace {

// How many tokens after separators inside one token are tokens of their own.
constexpr std::size_t max_nested_tokens = 8;

constexpr std::string_view spf_version = "v=spf1";

// The role of an octet of a text for the tokens around it.
enum Mark : std::uint8_t {
    token_end = 1,  // no token goes on past it
    separator = 2,
    punctuation = 4,
};

constexpr auto marks = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::uint8_t c = 0; c <= ' '; ++c)
        table[c] = token_end;
    table[0x7f] = token_end;
    table['='] = table[':'] = separator;
    for (const char c : list_marks)
        table[static_cast<std::uint8_t>(c)] = punctuation;
    return table;
}();

constexpr bool is(std::uint8_t c, Mark mark) noexcept {
    return (marks[c] & mark) != 0;
}

// Calls visit(piece, marks) for the non-empty pieces of `text` between octets that have the mark
// `between`; `marks` are those of the piece's octets.
template <class Visit>
void for_each_piece(Octets text, Mark between, Visit&& visit) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t begin = at;
        unsigned met = 0;
        for (; at < text.size() && !is(text[at], between); ++at)
            met |= marks[text[at]];
        if (begin != at) visit(text.subspan(begin, at - begin), met);
    }
}

// Addresses and mailboxes are found by text_indicators, and so are no tokens.
void visit_token(PivotVisiting& visiting, Octets token) {
    while (!token.empty() && (is(token.back(), punctuation) || token.back() == '.'))
        token = token.first(token.size() - 1);
    const std::string_view text = as_text(token);
    if (text.empty() || is_address_text(text) || is_mailbox_text(text)) return;
    visiting.value(PivotValue::token(token));
}

// A part of a word between semicolons and commas, and the tokens after separators inside it.
void visit_part(PivotVisiting& visiting, Octets part, unsigned met) {
    visit_token(visiting, part);
    if ((met & separator) == 0) return;
    // The colons of an address separate nothing.
    if (is_address_text(as_text(part))) return;
    std::size_t nested = 0;
    for (std::size_t i = 1; i < part.size() && nested < max_nested_tokens; ++i) {
        // "==" is padding, "::" belongs to an address: only what follows the last is a token.
        if (!is(part[i - 1], separator) || is(part[i], separator)) continue;
        const Octets token = part.subspan(i);
        if (is_address_text(as_text(token))) return;
        // After "://" there is a host, which is a name.
        if (as_text(token).starts_with("//")) continue;
        visit_token(visiting, token);
        ++nested;
    }
}

// A word that is a list is a token as a whole too.
void visit_word(PivotVisiting& visiting, Octets word, unsigned met) {
    if ((met & punctuation) == 0) return visit_part(visiting, word, met);
    std::size_t parts = 0;
    for_each_piece(word, punctuation, [&parts](Octets, unsigned) { ++parts; });
    if (parts > 1) visit_token(visiting, word);
    for_each_piece(word, punctuation, [&visiting](Octets part, unsigned of_part) {
        if (!visiting.done()) visit_part(visiting, part, of_part);
    });
}

void visit_tokens(PivotVisiting& visiting, Octets text) {
    for_each_piece(text, token_end, [&visiting](Octets word, unsigned met) {
        if (!visiting.done()) visit_word(visiting, word, met);
    });
}

void visit_name_text(PivotVisiting& visiting, std::string_view text) {
    // An SPF macro becomes a name only when a mail is checked; neither SPF nor CAA has escapes.
    if (text.empty() || text.find_first_of("%\\") != std::string_view::npos) return;
    if (const Result<Name> name = Name::from_text(text)) visiting.name(name->wire());
}

// Whether `term` begins with `word`, given in lower case.
bool begins_with(std::string_view term, std::string_view word) noexcept {
    return term.size() >= word.size() &&
           std::ranges::equal(term.substr(0, word.size()), word, [](char a, char b) {
               return to_lower(static_cast<std::uint8_t>(a)) == static_cast<std::uint8_t>(b);
           });
}

// One term of an SPF record (RFC 7208, section 4.6.1), such as ~include:_spf.example.com. The
// addresses in it are indicators like any other.
void visit_spf_term(PivotVisiting& visiting, std::string_view term) {
    if (std::string_view("+-~?").find(term.front()) != std::string_view::npos) {
        term.remove_prefix(1);
    }
    for (const std::string_view prefix :
         {"include:", "redirect=", "exp=", "exists:", "a:", "mx:", "ptr:"}) {
        if (!begins_with(term, prefix)) continue;
        const std::string_view value = term.substr(prefix.size(), term.find('/') - prefix.size());
        if (!is_address_text(value)) visit_name_text(visiting, value);
        return;
    }
}

// Whether the character-strings of a record are one text, of which each may begin in the middle of
// a word (RFC 7208, section 3.3; RFC 6376, section 3.6.2.2). Not where "v=spf1" would lose its end
// by that: feeds without quotes make a string of each term.
bool are_one_text(Rrtype type, Octets strings) noexcept {
    if (type != Rrtype::TXT && type != Rrtype::SPF && type != Rrtype::AVC) return false;
    OctetReader in(strings);
    const Octets first = in.octets(in.u8().value_or(0)).value_or(Octets{});
    const Octets second = in.octets(in.u8().value_or(0)).value_or(Octets{});
    return first.size() != spf_version.size() || !begins_with(as_text(first), spf_version) ||
           second.empty() || second[0] == ' ';
}

}  // namespace

void visit_indicators(PivotVisiting& visiting, Octets octets) {
    const std::string_view text = as_text(octets);
    AddressIndicators addresses(text);
    while (const auto address = addresses.next()) {
        if (const auto* const v4 = std::get_if<Ipv4Address>(&*address)) {
            visiting.value(PivotValue::ipv4(*v4));
        } else {
            visiting.value(PivotValue::ipv6(std::get<Ipv6Address>(*address)));
        }
    }
    HostIndicators hosts(text);
    while (const auto found = hosts.next()) {
        if (!found->mailbox.empty()) {
            visiting.value(PivotValue::token(as_octets(found->mailbox)));
        }
        visit_name_text(visiting, found->host);
    }
}

void visit_text(PivotVisiting& visiting, Octets text) {
    if (begins_with(as_text(text), spf_version) &&
        (text.size() == spf_version.size() || text[spf_version.size()] == ' ')) {
        for_each_piece(text.subspan(spf_version.size()), token_end, [&](Octets term, unsigned met) {
            if ((met & separator) != 0) visit_spf_term(visiting, as_text(term));
        });
    }
    // Before the tokens, so that a long text with more values than allowed keeps these.
    visit_indicators(visiting, text);
    visit_tokens(visiting, text);
}

void visit_strings(PivotVisiting& visiting, Rrtype type, Octets strings) {
    if (strings.size() == strings[0] + 1U) return visit_text(visiting, strings.subspan(1));
    const bool one_text = are_one_text(type, strings);
    std::array<std::uint8_t, max_rdata_octets> room;
    auto* end = room.data();
    for (OctetReader in(strings); !in.at_end();) {
        const Octets piece = in.octets(in.u8().value_or(0)).value_or(Octets{});
        // An address that is a whole string is found whatever the other strings are.
        if (one_text) visit_indicators(visiting, piece);
        end = std::ranges::copy(piece, end).out;
        if (!one_text && !in.at_end()) *end++ = ' ';
    }
    visit_text(visiting, {room.data(), end});
}

// RFC 8659, section 4.1: flags, tag, value. The value of issue and its like begins with the name of
// an authority, perhaps followed by a semicolon and parameters.
void visit_caa(PivotVisiting& visiting, Octets rdata) {
    OctetReader in(rdata);
    in.u8();
    const Octets tag = in.octets(in.u8().value_or(0)).value_or(Octets{});
    const std::string_view value = as_text(in.rest());
    if (begins_with(as_text(tag), "issue")) {
        const auto name = trimmed(value.substr(0, value.find(';')), " \t");
        if (!name.empty()) visit_name_text(visiting, name);
    }
    visit_text(visiting, as_octets(value));
}

}  // namespace dnshist
