#include "storage/finding/lookalike.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "storage/finding/confusables.hpp"
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

constexpr std::string_view label_characters = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view vowels = "aeiou";

// The keys beside each key, on the keyboards of English, German and French.
struct Key {
    char key;
    std::string_view beside;
};
constexpr auto keys = std::to_array<Key>({
    {'1', "2qa"},      {'2', "3wq1aez"},       {'3', "4ew2rz"},   {'4', "5re3t"},
    {'5', "6tr4zy"},   {'6', "7yt5zu"},        {'7', "8uy6zi"},   {'8', "9iu7o"},
    {'9', "0oi8p"},    {'0', "po9"},           {'q', "12wasz"},   {'w', "3esaq2xd"},
    {'e', "4rdsw3zf"}, {'r', "5tfde4g"},       {'t', "6ygfr5zh"}, {'y', "7uhgt6asxj"},
    {'u', "8ijhy7zk"}, {'i', "9okju8l"},       {'o', "0plki9"},   {'p', "lo0m"},
    {'a', "qwzsy12x"}, {'s', "edxzawyqc"},     {'d', "rfcxseyv"}, {'f', "tgvcdrb"},
    {'g', "yhbvftzn"}, {'h', "ujnbgyz"},       {'j', "ikmnhu"},   {'k', "olmji"},
    {'l', "kopm"},     {'z', "asx67tughs23e"}, {'x', "zsdcy"},    {'c', "xdfv"},
    {'v', "cfgb"},     {'b', "vghn"},          {'n', "bhjm"},     {'m', "njklp"},
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

// Puts names of one domain together from its labels.
class LookalikeWriter {
  public:
    LookalikeWriter(Octets suffix, NameList& names) : suffix_(suffix), names_(names) {}

    // A label without other characters than a label of a host has, neither at its ends a hyphen.
    void add(Trick trick, std::string_view label) {
        if (label.empty() || label.front() == '-' || label.back() == '-') return;
        NameBuilder name;
        name.add_label(label);
        finish(trick, name);
    }
    void add(Trick trick, std::string_view first, std::string_view second) {
        NameBuilder name;
        name.add_label(first);
        name.add_label(second);
        finish(trick, name);
    }
    void add(Trick trick, std::u32string_view label) {
        std::array<char, 256> room;
        TextWriter out(room);
        write_ace(out, label);
        if (!out.overflowed()) add(trick, out.text());
    }

  private:
    void finish(Trick trick, NameBuilder& builder) {
        builder.add_labels(suffix_);
        if (const auto name = builder.name()) names_.add(*name, static_cast<std::uint8_t>(trick));
    }

    Octets suffix_;  // labels
    NameList& names_;
};

std::string replaced(std::string_view label, std::size_t at, std::size_t count,
                     std::string_view by) {
    std::string out(label);
    out.replace(at, count, by);
    return out;
}

std::string_view keys_beside(char c) noexcept {
    const auto* const row = std::ranges::find(keys, c, &Key::key);
    return row == keys.end() ? std::string_view{} : row->beside;
}

// One character too few, too many or another.
void add_slips(LookalikeWriter& out, std::string_view label) {
    for (std::size_t i = 0; i < label.size(); ++i) {
        const std::string_view one = label.substr(i, 1);
        out.add(Trick::omission, replaced(label, i, 1, ""));
        out.add(Trick::repetition, replaced(label, i, 0, one));
        if (i + 1 < label.size()) {
            const std::array<char, 2> turned{label[i + 1], label[i]};
            out.add(Trick::transposition, replaced(label, i, 2, {turned.data(), 2}));
        }
        if (vowels.find(label[i]) != std::string_view::npos) {
            for (const char& vowel : vowels)
                out.add(Trick::vowel_swap, replaced(label, i, 1, {&vowel, 1}));
        }
        for (const char& key : keys_beside(label[i])) {
            out.add(Trick::replacement, replaced(label, i, 1, {&key, 1}));
            out.add(Trick::insertion, replaced(label, i, 0, {&key, 1}));
            out.add(Trick::insertion, replaced(label, i + 1, 0, {&key, 1}));
        }
    }
    for (const char& c : label_characters)
        out.add(Trick::addition, replaced(label, label.size(), 0, {&c, 1}));
}

// One bit is another, as in memory that is faulty.
void add_flips(LookalikeWriter& out, std::string_view label) {
    for (std::size_t i = 0; i < label.size(); ++i) {
        for (unsigned bit = 1; bit < 0x80; bit <<= 1U) {
            const char flipped = static_cast<char>(static_cast<unsigned>(label[i]) ^ bit);
            if (flipped == '-' || label_characters.find(flipped) != std::string_view::npos) {
                out.add(Trick::bitsquatting, replaced(label, i, 1, {&flipped, 1}));
            }
        }
    }
}

void add_cuts(LookalikeWriter& out, std::string_view label) {
    for (std::size_t i = 1; i < label.size(); ++i) {
        out.add(Trick::hyphenation, replaced(label, i, 0, "-"));
        if (label[i] == '-' || label[i - 1] == '-') continue;
        out.add(Trick::subdomain, label.substr(0, i), label.substr(i));
    }
}

// Calls visit(text) for each text of the DNS that looks like the character.
template <class Visit>
void for_each_plain(const Confusable& row, const Visit& visit) {
    for (std::string_view rest = row.plain; !rest.empty();) {
        const std::string_view text = rest.substr(0, rest.find(' '));
        visit(text);
        rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    }
}

// One or two places with texts of the DNS that look alike.
void add_plain_homoglyphs(LookalikeWriter& out, std::string_view label, unsigned places) {
    for (std::size_t i = 0; i < label.size(); ++i) {
        const Confusable* const row = confusables_of(label[i]);
        if (row == nullptr) continue;
        for_each_plain(*row, [&](std::string_view text) {
            const std::string other = replaced(label, i, 1, text);
            out.add(Trick::homoglyph, other);
            if (places > 1) add_plain_homoglyphs(out, other, places - 1);
        });
    }
}

// A character of another script or with a mark: in one place, in all of the same letter, and in one
// place beside a text of the DNS that looks alike.
void add_other_homoglyphs(LookalikeWriter& out, std::string_view label) {
    const std::u32string wide(label.begin(), label.end());
    for (std::size_t i = 0; i < wide.size(); ++i) {
        const Confusable* const row = confusables_of(label[i]);
        if (row == nullptr) continue;
        const bool is_first = label.find(label[i]) == i;
        const bool is_repeated = label.rfind(label[i]) != i;
        for (const char32_t c : row->others) {
            std::u32string other = wide;
            other[i] = c;
            out.add(Trick::homoglyph, other);
            if (!is_first || !is_repeated) continue;
            std::ranges::replace(other, wide[i], c);
            out.add(Trick::homoglyph, other);
        }
    }
}

void add_words(LookalikeWriter& out, std::string_view label) {
    std::string other;
    for (const std::string_view word : words) {
        for (const std::string_view between : {"", "-"}) {
            out.add(Trick::word, other.assign(label).append(between).append(word));
            out.add(Trick::word, other.assign(word).append(between).append(label));
        }
    }
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
    LookalikeWriter out(suffix, names);
    add_plain_homoglyphs(out, *label, 1);
    add_slips(out, *label);
    add_flips(out, *label);
    add_cuts(out, *label);
    add_plain_homoglyphs(out, *label, 2);
    add_other_homoglyphs(out, *label);
    NameBuilder alone;
    alone.add_label(*label);
    const auto tag = static_cast<std::uint8_t>(Trick::suffix);
    const std::uint64_t reads =
        list_below_suffixes(snapshot, alone.name().value_or(Name()), names, tag);
    if (const auto last = Labels(suffix).next()) {
        std::string joined(*label);
        out.add(Trick::word, joined.append(*last));
        joined.assign(*label).append("-").append(*last);
        out.add(Trick::word, joined);
    }
    add_words(out, *label);
    return reads;
}

}  // namespace dnshist
