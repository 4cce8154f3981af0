#include "storage/pivot/pivot_values.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string_view>
#include <variant>

#include "storage/base/deleter.hpp"
#include "storage/pivot/text_indicators.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rdata_fields.hpp"
#include "storage/record/svcb.hpp"
#include "storage/text/address.hpp"
#include "storage/text/base_encoding.hpp"

namespace dnshist {

namespace {

// How many tokens after separators inside one token are tokens of their own.
constexpr std::size_t max_nested_tokens = 8;

// A SHA-256 digest cut to this, in hexadecimal, completes a token that is too long.
constexpr std::size_t digest_octets = 16;

constexpr std::string_view spf_version = "v=spf1";

static_assert(1 + max_token_octets + 2 * digest_octets + 1 <= max_pivot_octets);

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
    table[';'] = table[','] = punctuation;
    return table;
}();

constexpr bool is(std::uint8_t c, Mark mark) noexcept {
    return (marks[c] & mark) != 0;
}

// An octet as tokens have it: in lower case, never zero.
std::uint8_t fold(std::uint8_t c) noexcept {
    return c == 0 ? std::uint8_t{1} : to_lower(c);
}

// The start of the SHA-256 digest of the folded token.
std::array<std::uint8_t, digest_octets> token_digest(Octets token) {
    const std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
    bool done = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    std::array<std::uint8_t, 1024> folded;
    for (; done && !token.empty(); token = token.subspan(std::min(token.size(), folded.size()))) {
        const Octets piece = token.first(std::min(token.size(), folded.size()));
        std::ranges::transform(piece, folded.begin(), fold);
        done = EVP_DigestUpdate(context.get(), folded.data(), piece.size()) == 1;
    }
    if (!done || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
        throw std::bad_alloc();  // the one way in which a digest can fail
    }
    std::array<std::uint8_t, digest_octets> start;
    std::copy_n(digest.begin(), start.size(), start.begin());
    return start;
}

// Hands values on to the visitor, up to max_values_per_record of them.
class Visiting {
  public:
    explicit Visiting(PivotVisitor visit) noexcept : visit_(visit) {}

    void value(const PivotValue& value) {
        if (left_ == 0) return;
        --left_;
        visit_(value);
    }
    void name(Octets wire) {
        if (wire.size() > 1) value(PivotValue::name(wire));
    }
    void addresses(Octets list, std::size_t size, PivotValue (*make)(Octets) noexcept) {
        for (; list.size() >= size; list = list.subspan(size))
            value(make(list.first(size)));
    }
    bool done() const noexcept { return left_ == 0; }

  private:
    PivotVisitor visit_;
    std::size_t left_ = max_values_per_record;
};

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
void visit_token(Visiting& visiting, Octets token) {
    while (!token.empty() && (is(token.back(), punctuation) || token.back() == '.'))
        token = token.first(token.size() - 1);
    const std::string_view text = as_text(token);
    if (text.empty() || is_address_text(text) || is_mailbox_text(text)) return;
    visiting.value(PivotValue::token(token));
}

// A part of a word between semicolons and commas, and the tokens after separators inside it.
void visit_part(Visiting& visiting, Octets part, unsigned met) {
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
void visit_word(Visiting& visiting, Octets word, unsigned met) {
    if ((met & punctuation) == 0) return visit_part(visiting, word, met);
    std::size_t parts = 0;
    for_each_piece(word, punctuation, [&parts](Octets, unsigned) { ++parts; });
    if (parts > 1) visit_token(visiting, word);
    for_each_piece(word, punctuation, [&visiting](Octets part, unsigned of_part) {
        if (!visiting.done()) visit_part(visiting, part, of_part);
    });
}

void visit_tokens(Visiting& visiting, Octets text) {
    for_each_piece(text, token_end, [&visiting](Octets word, unsigned met) {
        if (!visiting.done()) visit_word(visiting, word, met);
    });
}

void visit_name_text(Visiting& visiting, std::string_view text) {
    // An SPF macro becomes a name only when a mail is checked; neither SPF nor CAA has escapes.
    if (text.empty() || text.find_first_of("%\\") != std::string_view::npos) return;
    if (const Result<Name> name = Name::from_text(text)) visiting.name(name->wire());
}

void visit_indicators(Visiting& visiting, std::string_view text) {
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

// Whether `term` begins with `word`, given in lower case.
bool begins_with(std::string_view term, std::string_view word) noexcept {
    return term.size() >= word.size() &&
           std::ranges::equal(term.substr(0, word.size()), word, [](char a, char b) {
               return to_lower(static_cast<std::uint8_t>(a)) == static_cast<std::uint8_t>(b);
           });
}

// One term of an SPF record (RFC 7208, section 4.6.1), such as ~include:_spf.example.com. The
// addresses in it are indicators like any other.
void visit_spf_term(Visiting& visiting, std::string_view term) {
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

void visit_text(Visiting& visiting, Octets text) {
    if (begins_with(as_text(text), spf_version) &&
        (text.size() == spf_version.size() || text[spf_version.size()] == ' ')) {
        for_each_piece(text.subspan(spf_version.size()), token_end, [&](Octets term, unsigned met) {
            if ((met & separator) != 0) visit_spf_term(visiting, as_text(term));
        });
    }
    // Before the tokens, so that a long text with more values than allowed keeps these.
    visit_indicators(visiting, as_text(text));
    visit_tokens(visiting, text);
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

void visit_strings(Visiting& visiting, Rrtype type, Octets strings) {
    if (strings.size() == strings[0] + 1U) return visit_text(visiting, strings.subspan(1));
    const bool one_text = are_one_text(type, strings);
    std::array<std::uint8_t, max_rdata_octets> room;
    auto* end = room.data();
    for (OctetReader in(strings); !in.at_end();) {
        const Octets piece = in.octets(in.u8().value_or(0)).value_or(Octets{});
        // An address that is a whole string is found whatever the other strings are.
        if (one_text) visit_indicators(visiting, as_text(piece));
        end = std::ranges::copy(piece, end).out;
        if (!one_text && !in.at_end()) *end++ = ' ';
    }
    visit_text(visiting, {room.data(), end});
}

// RFC 8659, section 4.1: flags, tag, value. The value of issue and its like begins with the name of
// an authority, perhaps followed by a semicolon and parameters.
void visit_caa(Visiting& visiting, Octets rdata) {
    OctetReader in(rdata);
    in.u8();
    const Octets tag = in.octets(in.u8().value_or(0)).value_or(Octets{});
    const std::string_view value = as_text(in.rest());
    if (begins_with(as_text(tag), "issue")) {
        const std::string_view name = value.substr(0, value.find(';'));
        const std::size_t begin = name.find_first_not_of(" \t");
        if (begin != std::string_view::npos) {
            visit_name_text(visiting, name.substr(begin, name.find_last_not_of(" \t") + 1 - begin));
        }
    }
    visit_text(visiting, as_octets(value));
}

void visit_gateway(Visiting& visiting, const Gateway& gateway) {
    switch (gateway.type) {
        case GatewayType::none:
            return;
        case GatewayType::ipv4:
            return visiting.value(PivotValue::ipv4(gateway.octets));
        case GatewayType::ipv6:
            return visiting.value(PivotValue::ipv6(gateway.octets));
        case GatewayType::name:
            return visiting.name(gateway.octets);
    }
}

void visit_chain(Visiting& visiting, const Chain& chain) {
    if (chain.prefix_length < 128) visiting.value(PivotValue::ipv6(chain.suffix));
    if (!chain.prefix_name.empty()) visiting.name(chain.prefix_name);
}

void visit_locator(Visiting& visiting, Octets locator) {
    std::array<std::uint8_t, 16> address{};
    std::ranges::copy(locator, address.begin());
    visiting.value(PivotValue::ipv6(address));
}

void visit_names(Visiting& visiting, Octets names) {
    OctetReader in(names);
    while (const auto name = take_field(Field::name, in))
        visiting.name(*name);
}

// The addresses as they are shown, with any bits that are set beyond the prefix.
void visit_prefixes(Visiting& visiting, Octets prefixes) {
    for_each_prefix(prefixes, [&visiting](std::uint16_t family, std::uint8_t,
                                          const std::array<std::uint8_t, 16>& address) {
        visiting.value(family == 1 ? PivotValue::ipv4(Octets(address).first(4))
                                   : PivotValue::ipv6(address));
    });
}

void visit_hints(Visiting& visiting, Octets params) {
    for_each_svc_param(params, [&visiting](SvcKey key, Octets value) {
        if (key == SvcKey::ipv4hint) visiting.addresses(value, 4, PivotValue::ipv4);
        if (key == SvcKey::ipv6hint) visiting.addresses(value, 16, PivotValue::ipv6);
    });
}

// Handles every field that can hold an address or a name, in any type.
void visit_field(Visiting& visiting, Rrtype type, Field field, Octets octets) {
    switch (field) {
        case Field::ipv4:
            return visiting.value(PivotValue::ipv4(octets));
        case Field::ipv6:
            return visiting.value(PivotValue::ipv6(octets));
        case Field::locator:
            return visit_locator(visiting, octets);
        case Field::name:
            return visiting.name(octets);
        case Field::names:
            return visit_names(visiting, octets);
        case Field::gateway:
        case Field::relay:
            return visit_gateway(visiting, gateway_of(field, octets));
        case Field::chain:
            return visit_chain(visiting, chain_of(octets));
        case Field::prefixes:
            return visit_prefixes(visiting, octets);
        case Field::svc_params:
            return visit_hints(visiting, octets);
        case Field::string:
            return visit_indicators(visiting, as_text(octets.subspan(1)));
        case Field::strings:
            return visit_strings(visiting, type, octets);
        case Field::text:
            return visit_text(visiting, octets);
        default:
            return;
    }
}

// Signatures and denials of existence: their names would be most of a signed zone's pivots.
bool repeats_its_zone(Rrtype type) noexcept {
    return type == Rrtype::RRSIG || type == Rrtype::SIG || type == Rrtype::NSEC ||
           type == Rrtype::NXT;
}

}  // namespace

PivotValue::PivotValue(char kind, Octets rest) noexcept {
    octets_.append(static_cast<std::uint8_t>(kind));
    octets_.append(rest);
}

PivotValue PivotValue::ipv4(Octets address) noexcept {
    return {'4', address};
}

PivotValue PivotValue::ipv6(Octets address) noexcept {
    return {'6', address};
}

PivotValue PivotValue::name(Octets wire_name) noexcept {
    PivotValue value('n', {});
    put_name_key(value.octets_.data() + 1, wire_name);
    value.octets_.resize(1 + wire_name.size());
    return value;
}

PivotValue PivotValue::token(Octets text) {
    while (text.size() > 1 && is(text.back(), punctuation))
        text = text.first(text.size() - 1);
    PivotValue value = token_prefix(text.first(std::min(text.size(), max_token_octets)));
    std::uint8_t* end = value.octets_.data() + value.octets_.size();
    if (text.size() > max_token_octets) {
        std::array<char, 2 * digest_octets> digits;
        TextWriter out(digits);
        write_hex(out, token_digest(text));
        end = std::ranges::transform(as_octets(out.text()), end, to_lower).out;
    }
    *end++ = 0;
    value.octets_.set_end(end);
    return value;
}

PivotValue PivotValue::token_prefix(Octets text) noexcept {
    PivotValue value('t', {});
    std::uint8_t* const folded = value.octets_.data() + 1;
    copy_lower(text.data(), text.size(), folded);
    std::replace(folded, folded + text.size(), 0, 1);
    value.octets_.resize(1 + text.size());
    return value;
}

void for_each_pivot_value(Rrtype type, Octets rdata, PivotVisitor visit) {
    const Layout* const layout = layout_of(type);
    if (layout == nullptr || repeats_its_zone(type)) return;
    std::array<Octets, std::tuple_size_v<decltype(layout->fields)>> taken;
    OctetReader in(rdata);
    std::size_t count = 0;
    for (; layout->fields[count] != Field::none; ++count) {
        const auto octets = take_field(layout->fields[count], in);
        if (!octets) return;
        taken[count] = *octets;
    }
    if (!in.at_end()) return;
    Visiting visiting(visit);
    if (type == Rrtype::CAA) return visit_caa(visiting, rdata);
    for (std::size_t i = 0; i < count; ++i)
        visit_field(visiting, type, layout->fields[i], taken[i]);
}

bool has_text_tokens(Rrtype type) noexcept {
    const Layout* const layout = layout_of(type);
    return layout != nullptr && std::ranges::any_of(layout->fields, [](Field field) {
               return field == Field::strings || field == Field::string || field == Field::text;
           });
}

}  // namespace dnshist
