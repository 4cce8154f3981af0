#include "storage/pivot.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <string_view>

#include "storage/address.hpp"
#include "storage/encoding.hpp"
#include "storage/rdata.hpp"
#include "storage/svcb.hpp"

namespace dnshist {

namespace {

// Of one token, how many tokens behind its separators are tokens again.
constexpr std::size_t max_nested_tokens = 8;

// A SHA-256 digest cut to this, in hexadecimal, completes a token that is too long.
constexpr std::size_t digest_octets = 16;

static_assert(1 + max_token_octets + 2 * digest_octets + 1 <= max_pivot_octets);

bool ends_token(std::uint8_t c) noexcept {
    return c <= ' ' || c == 0x7f;
}

bool is_separator(std::uint8_t c) noexcept {
    return c == '=' || c == ':';
}

bool is_punctuation(std::uint8_t c) noexcept {
    return c == ';' || c == ',';
}

// As a token has it.
std::uint8_t fold(std::uint8_t c) noexcept {
    return c == 0 ? std::uint8_t{1} : to_lower(c);
}

// The start of the SHA-256 digest of the folded token.
std::array<std::uint8_t, digest_octets> token_digest(Octets token) {
    struct Free {
        void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    };
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
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
    Visiting(PivotVisitor visit, void* context) noexcept : visit_(visit), context_(context) {}

    void value(const PivotValue& value) {
        if (left_ == 0) return;
        --left_;
        visit_(context_, value);
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
    void* context_;
    std::size_t left_ = max_values_per_record;
};

// The words of `text`, between what ends tokens.
template <class Visit>
void for_each_word(Octets text, Visit&& visit) {
    while (!text.empty()) {
        const auto begin = std::ranges::find_if_not(text, ends_token);
        const auto end = std::find_if(begin, text.end(), ends_token);
        if (begin != end) visit(Octets(begin, end));
        text = Octets(end, text.end());
    }
}

void visit_token(Visiting& visiting, Octets token) {
    if (!std::ranges::all_of(token, is_punctuation)) visiting.value(PivotValue::token(token));
}

void visit_tokens(Visiting& visiting, Octets text) {
    for_each_word(text, [&visiting](Octets word) {
        if (visiting.done()) return;
        visit_token(visiting, word);
        std::size_t nested = 0;
        for (std::size_t i = 1; i < word.size() && nested < max_nested_tokens; ++i) {
            // "==" is padding, "::" belongs to an address: only what follows the last is a token.
            if (!is_separator(word[i - 1]) || is_separator(word[i])) continue;
            visit_token(visiting, word.subspan(i));
            ++nested;
        }
    });
}

void visit_name_text(Visiting& visiting, std::string_view text) {
    // An SPF macro makes a name only when a mail is checked; neither SPF nor CAA has escapes.
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

// One term of an SPF record (RFC 7208, section 4.6.1), such as ~include:_spf.example.com.
void visit_spf_term(Visiting& visiting, std::string_view term) {
    if (std::string_view("+-~?").find(term.front()) != std::string_view::npos) {
        term.remove_prefix(1);
    }
    for (const std::string_view prefix :
         {"include:", "redirect=", "exists:", "a:", "mx:", "ptr:", "ip4:", "ip6:"}) {
        if (!begins_with(term, prefix)) continue;
        const std::string_view value = term.substr(prefix.size(), term.find('/') - prefix.size());
        if (prefix == "ip4:") {
            if (const auto ip = ipv4_from_text(value)) visiting.value(PivotValue::ipv4(*ip));
        } else if (prefix == "ip6:") {
            if (const auto ip = ipv6_from_text(value)) visiting.value(PivotValue::ipv6(*ip));
        } else {
            visit_name_text(visiting, value);
        }
        return;
    }
}

void visit_text(Visiting& visiting, Octets text) {
    constexpr std::string_view spf = "v=spf1";
    if (begins_with(as_text(text), spf) && (text.size() == spf.size() || text[spf.size()] == ' ')) {
        for_each_word(text.subspan(spf.size()),
                      [&](Octets term) { visit_spf_term(visiting, as_text(term)); });
    }
    visit_tokens(visiting, text);
}

// The character-strings of one record are one text (RFC 7208, section 3.3; for DKIM and DMARC too).
void visit_strings(Visiting& visiting, Octets rdata) {
    std::array<std::uint8_t, max_rdata_octets> room;
    std::size_t size = 0;
    for (OctetReader in(rdata); !in.at_end();) {
        const Octets piece = in.octets(in.u8().value_or(0)).value_or(Octets{});
        if (piece.size() + 1 == rdata.size()) return visit_text(visiting, piece);
        size = static_cast<std::size_t>(std::ranges::copy(piece, room.begin() + size).out -
                                        room.begin());
    }
    visit_text(visiting, {room.data(), size});
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
    visit_tokens(visiting, as_octets(value));
}

void visit_hints(Visiting& visiting, Octets rdata) {
    const Octets behind_priority = rdata.subspan(2);
    const Octets params = behind_priority.subspan(name_length(behind_priority).value_or(0));
    for_each_svc_param(params, [&visiting](SvcKey key, Octets value) {
        if (key == SvcKey::ipv4hint) visiting.addresses(value, 4, PivotValue::ipv4);
        if (key == SvcKey::ipv6hint) visiting.addresses(value, 16, PivotValue::ipv6);
    });
}

}  // namespace

PivotValue::PivotValue(char kind, Octets rest) noexcept {
    octets_[0] = static_cast<std::uint8_t>(kind);
    std::ranges::copy(rest, octets_.begin() + 1);
    size_ = static_cast<std::uint16_t>(1 + rest.size());
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
    value.size_ = static_cast<std::uint16_t>(1 + wire_name.size());
    return value;
}

PivotValue PivotValue::token(Octets text) {
    while (text.size() > 1 && is_punctuation(text.back()))
        text = text.first(text.size() - 1);
    PivotValue value('t', text.first(std::min(text.size(), max_token_octets)));
    std::uint8_t* const begin = value.octets_.data() + 1;
    std::uint8_t* end = value.octets_.data() + value.size_;
    std::transform(begin, end, begin, fold);
    if (text.size() > max_token_octets) {
        std::array<char, 2 * digest_octets> digits;
        TextWriter out(digits);
        write_hex(out, token_digest(text));
        end = std::ranges::transform(as_octets(out.text()), end, to_lower).out;
    }
    *end++ = 0;
    value.size_ = static_cast<std::uint16_t>(end - value.octets_.data());
    return value;
}

void visit_pivot_values(Rrtype type, Octets rdata, PivotVisitor visit, void* context) {
    if (!is_valid_rdata(type, rdata)) return;
    Visiting visiting(visit, context);
    switch (type) {
        case Rrtype::A:
            return visiting.value(PivotValue::ipv4(rdata));
        case Rrtype::AAAA:
            return visiting.value(PivotValue::ipv6(rdata));
        case Rrtype::TXT:
        case Rrtype::SPF:
            return visit_strings(visiting, rdata);
        case Rrtype::CAA:
            return visit_caa(visiting, rdata);
        case Rrtype::RRSIG:
        case Rrtype::SIG:
        case Rrtype::NSEC:
        case Rrtype::NXT:
            return;
        default:
            for_each_name(type, rdata, [&visiting](Octets wire) { visiting.name(wire); });
    }
    if (type == Rrtype::SVCB || type == Rrtype::HTTPS) visit_hints(visiting, rdata);
}

}  // namespace dnshist
