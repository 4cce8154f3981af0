#include "storage/finding/lookalike.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "storage/finding/homoglyphs.hpp"
#include "storage/finding/lookalike_list.hpp"
#include "storage/finding/suffix_names.hpp"
#include "storage/record/labels.hpp"
#include "storage/suffix/public_suffix.hpp"
#include "storage/text/punycode.hpp"

namespace dnshist {

namespace {

constexpr std::array<std::string_view, 14> trick_texts{"",
                                                       "homoglyph",
                                                       "omission",
                                                       "repetition",
                                                       "transposition",
                                                       "vowel-swap",
                                                       "replacement",
                                                       "insertion",
                                                       "addition",
                                                       "bitsquatting",
                                                       "hyphenation",
                                                       "subdomain",
                                                       "suffix",
                                                       "word"};

constexpr std::u32string_view label_characters = U"abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::u32string_view vowels = U"aeiou";

// The keys beside each key, on the keyboards of English, German and French.
struct Key {
    char key;
    std::string_view beside;
};
constexpr auto keys = std::to_array<Key>({
    {'1', "2qa"},        {'2', "3wq1aez"},  {'3', "4ew2rz"},
    {'4', "5re3t"},      {'5', "6tr4zy"},   {'6', "7yt5zu"},
    {'7', "8uy6zi"},     {'8', "9iu7o"},    {'9', "0oi8p"},
    {'0', "po9"},        {'q', "12wasz"},   {'w', "3esaq2xd"},
    {'e', "4rdsw3zf"},   {'r', "5tfde4g"},  {'t', "6ygfr5zh"},
    {'y', "7uhgt6asxj"}, {'u', "8ijhy7zk"}, {'i', "9okju8l"},
    {'o', "0plki9"},     {'p', "lo0m"},     {'a', "qwzsy12x"},
    {'s', "edxzawyqc"},  {'d', "rfcxseyv"}, {'f', "tgvcdrb"},
    {'g', "yhbvftzn"},   {'h', "ujnbgyz"},  {'j', "ikmnhu"},
    {'k', "olmji"},      {'l', "kopm"},     {'z', "asx67tughs23eq"},
    {'x', "zsdcyw"},     {'c', "xdfv"},     {'v', "cfgb"},
    {'b', "vghn"},       {'n', "bhjm"},     {'m', "njklp"},
});

// Words beside the names of those who are imitated.
constexpr auto words = std::to_array<std::string_view>({
    "account", "accounts", "alert",    "app",     "auth",     "bank",    "billing",  "cdn",
    "center",  "claim",    "client",   "cloud",   "confirm",  "connect", "customer", "delivery",
    "email",   "gift",     "group",    "help",    "helpdesk", "home",    "info",     "invoice",
    "login",   "mail",     "mobile",   "my",      "net",      "notice",  "office",   "official",
    "online",  "parcel",   "pay",      "payment", "portal",   "post",    "recovery", "refund",
    "reset",   "secure",   "security", "service", "services", "shop",    "sign",     "signin",
    "sso",     "status",   "store",    "support", "team",     "ticket",  "track",    "update",
    "user",    "verify",   "vpn",      "wallet",  "web",      "webmail", "www",
});

std::u32string replaced(std::u32string_view label, std::size_t at, std::size_t count,
                        std::u32string_view by) {
    std::u32string out(label);
    out.replace(at, count, by);
    return out;
}

std::u32string wide(std::string_view text) {
    return std::u32string(text.begin(), text.end());
}

std::string_view keys_beside(char32_t c) noexcept {
    const auto* const row = std::ranges::find_if(
        keys, [c](const Key& key) { return static_cast<char32_t>(key.key) == c; });
    return row == keys.end() ? std::string_view{} : row->beside;
}

// One character too few, too many or another.
void add_slips(LookalikeList& out, std::u32string_view label) {
    for (std::size_t i = 0; i < label.size(); ++i) {
        const std::u32string_view one = label.substr(i, 1);
        out.add(Trick::omission, replaced(label, i, 1, U""));
        out.add(Trick::repetition, replaced(label, i, 0, one));
        if (i + 1 < label.size()) {
            const std::array<char32_t, 2> turned{label[i + 1], label[i]};
            out.add(Trick::transposition, replaced(label, i, 2, {turned.data(), 2}));
        }
        if (vowels.find(label[i]) != std::u32string_view::npos) {
            for (const char32_t& vowel : vowels)
                out.add(Trick::vowel_swap, replaced(label, i, 1, {&vowel, 1}));
        }
        for (const char key : keys_beside(label[i])) {
            const auto other = static_cast<char32_t>(key);
            out.add(Trick::replacement, replaced(label, i, 1, {&other, 1}));
            out.add(Trick::insertion, replaced(label, i, 0, {&other, 1}));
            out.add(Trick::insertion, replaced(label, i + 1, 0, {&other, 1}));
        }
    }
    for (const char32_t& c : label_characters)
        out.add(Trick::addition, replaced(label, label.size(), 0, {&c, 1}));
}

// One bit is another, as in memory that is faulty: of the label as the DNS has it, and of that
// which a person reads.
void add_flips(LookalikeList& out, std::u32string_view label) {
    for (std::size_t i = 0; i < label.size(); ++i) {
        for (char32_t bit = 1; bit <= 0x80; bit <<= 1U) {
            const char32_t flipped = label[i] ^ bit;
            if (flipped == U'-' || label_characters.find(flipped) != std::u32string_view::npos) {
                out.add(Trick::bitsquatting, replaced(label, i, 1, {&flipped, 1}));
            }
        }
    }
}

void add_cuts(LookalikeList& out, std::u32string_view label) {
    for (std::size_t i = 1; i < label.size(); ++i) {
        out.add(Trick::hyphenation, replaced(label, i, 0, U"-"));
        if (label[i] == U'-' || label[i - 1] == U'-') continue;
        out.add(Trick::subdomain, label.substr(0, i), label.substr(i));
    }
}

void add_words(LookalikeList& out, std::u32string_view label) {
    for (const std::string_view word : words) {
        for (const std::u32string_view between : {U"", U"-"}) {
            std::u32string after(label);
            out.add(Trick::word, after.append(between).append(wide(word)));
            out.add(Trick::word, wide(word).append(between).append(label));
        }
    }
}

// The suffix as a part of the label, and a part of the suffix alone: harbour-co-uk.com,
// harbourco.uk, harbour.uk.
void add_suffix_parts(LookalikeList& out, NameList& names, std::u32string_view label) {
    Labels suffix(out.suffix());
    const auto first = suffix.next();
    if (!first) return;
    std::u32string joined(label);
    std::u32string hyphened(label);
    out.add(Trick::word, joined.append(wide(*first)));
    out.add(Trick::word, hyphened.append(U"-").append(wide(*first)));
    LookalikeList com(as_octets("\3com"), names);
    com.add(Trick::word, joined);
    com.add(Trick::word, hyphened);
    if (suffix.rest().empty()) return;
    LookalikeList above(suffix.rest(), names);
    above.add(Trick::suffix, label);
    above.add(Trick::word, joined);
    above.add(Trick::word, hyphened);
}

}  // namespace

std::string_view trick_text(std::uint8_t tag) noexcept {
    return trick_texts[std::min<std::size_t>(tag, trick_texts.size() - 1)];
}

std::uint64_t list_lookalikes(Snapshot& snapshot, const Name& name, NameList& names) {
    const Octets whole = registrable_domain(name.wire());
    const Octets domain = whole.empty() ? name.wire() : whole;
    Labels labels(domain);
    const auto label = labels.next();
    if (!label) return 0;
    const Octets rest = labels.rest();
    const Octets suffix = rest.first(rest.size() - 1);
    // Added first, so that no trick makes the name itself; taken out again at the end.
    const Name original = Name::from_labels(domain.first(domain.size() - 1));
    names.add(original);
    LookalikeList out(suffix, names);
    const std::u32string shown = read_ace(*label).value_or(wide(*label));
    add_plain_homoglyphs(out, shown, 1);
    add_slips(out, shown);
    add_flips(out, shown);
    add_flips(out, wide(*label));
    add_cuts(out, shown);
    add_plain_homoglyphs(out, shown, 2);
    std::uint64_t units = add_other_homoglyphs(snapshot, out, shown);
    const std::u32string plain = plain_form(shown);
    if (plain != shown) {
        out.add(Trick::homoglyph, plain);
        add_plain_homoglyphs(out, plain, 1);
        units += add_other_homoglyphs(snapshot, out, plain);
    }
    NameBuilder alone;
    alone.add_label(*label);
    const auto tag = static_cast<std::uint8_t>(Trick::suffix);
    units += list_below_suffixes(snapshot, alone.name().value_or(Name()), names, tag);
    add_suffix_parts(out, names, shown);
    add_words(out, shown);
    return units;
}

}  // namespace dnshist
